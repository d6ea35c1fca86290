package dev.headwater.schema.validation;

/**
 * One place of a message that does not fit its schema. Nothing of the message is quoted but the names of its
 * properties.
 *
 * @param path where, as in {@code $.items[3].price}; cut off when it is long
 * @param expected what the schema asks for there
 * @param found the JSON type of what is there, or {@code nothing}
 */
public record Violation(String path, String expected, String found) {

    @Override
    public String toString() {
        return path + ": expected " + expected + ", found " + found;
    }
}
