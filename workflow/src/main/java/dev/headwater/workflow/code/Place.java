package dev.headwater.workflow.code;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Where a call stands in a run: its lane, and its number among the calls of that lane, from 0. The code itself is lane
 * {@code 0}; the second branch of its call number 4 is lane {@code 0.4.1}; compensations have lanes that begin with
 * {@code ~}. So the order in which branches happen to run cannot move anybody's place.
 */
record Place(String lane, int number) {

    /** The lane of the workflow's own code. */
    static final String MAIN = "0";

    @JsonCreator
    static Place parse(String text) {
        int slash = text.lastIndexOf('/');
        return new Place(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
    }

    /** The lane of a branch of the call at this place. */
    String branch(int index) {
        return lane + "." + number + "." + index;
    }

    /** The same in every attempt of a compensation, for keys of effects. */
    String withoutAttempt() {
        return toString().replaceAll("@\\d+", "");
    }

    @Override
    @JsonValue
    public String toString() {
        return lane + "/" + number;
    }
}
