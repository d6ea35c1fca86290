/** The schema lock in a Maven build. */
@NullMarked
package dev.headwater.maven;

import org.jspecify.annotations.NullMarked;
