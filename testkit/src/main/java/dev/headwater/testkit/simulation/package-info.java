/** Systems of processes, played through in memory with one seed after the other. */
@NullMarked
package dev.headwater.testkit.simulation;

import org.jspecify.annotations.NullMarked;
