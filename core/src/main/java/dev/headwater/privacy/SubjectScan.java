package dev.headwater.privacy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds out whether a payload holds encrypted data about a subject, without decrypting anything. Used by one thread.
 */
final class SubjectScan {

    private static final byte[] MARK = ('"' + EncryptedValues.ENCRYPTED + '"').getBytes(StandardCharsets.US_ASCII);

    private final JsonMapper mapper;
    private final String subject;

    SubjectScan(JsonMapper mapper, String subject) {
        this.mapper = mapper;
        this.subject = subject;
    }

    /** One JSON object that has been begun, with what is known of it so far. */
    private static final class Open {
        private boolean ofSubject;
        private boolean encrypted;
    }

    /** Whether it does; also when the payload is broken, since then nobody can say that it does not. */
    boolean holds(byte[] payload) {
        if (!contains(payload, MARK)) {
            return false;
        }
        try (var parser = mapper.createParser(payload)) {
            return holds(parser);
        } catch (JacksonException e) {
            return true;
        }
    }

    private boolean holds(JsonParser parser) {
        var objects = new ArrayDeque<Open>();
        for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
            switch (token) {
                case START_OBJECT -> objects.push(new Open());
                case END_OBJECT -> {
                    var closed = objects.pop();
                    if (closed.ofSubject && closed.encrypted) {
                        return true;
                    }
                }
                case VALUE_STRING -> {
                    if (!objects.isEmpty() && !parser.streamReadContext().inArray()) {
                        note(parser, objects.peek());
                    }
                }
                default -> {}
            }
        }
        return false;
    }

    private void note(JsonParser parser, Open object) {
        switch (parser.currentName()) {
            case EncryptedValues.SUBJECT ->
                object.ofSubject = parser.getString().equals(subject);
            case EncryptedValues.ENCRYPTED -> object.encrypted = true;
            default -> {}
        }
    }

    private static boolean contains(byte[] text, byte[] part) {
        for (int start = 0; start <= text.length - part.length; start++) {
            int length = 0;
            while (length < part.length && text[start + length] == part[length]) {
                length++;
            }
            if (length == part.length) {
                return true;
            }
        }
        return false;
    }
}
