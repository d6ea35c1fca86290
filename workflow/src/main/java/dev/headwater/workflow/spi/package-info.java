/** What a database does for processes. Begin with {@link dev.headwater.workflow.spi.ProcessStorage}. */
package dev.headwater.workflow.spi;
