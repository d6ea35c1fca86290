/** The instances of processes. */
package dev.headwater.postgres.process;
