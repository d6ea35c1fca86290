/**
 * The log as a file of CloudEvents, and back. Begin with {@link dev.headwater.export.LogExport} and
 * {@link dev.headwater.export.LogImport}; the lines of the file are {@code EventLine} and {@code ControlLine}.
 *
 * <p>Events pass as they are stored: nothing here decodes, upcasts or decrypts a message.
 */
package dev.headwater.export;
