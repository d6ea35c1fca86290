/** Topics of a message broker as event logs. */
package dev.headwater.postgres.topic;
