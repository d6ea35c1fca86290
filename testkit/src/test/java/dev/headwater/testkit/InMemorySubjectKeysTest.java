package dev.headwater.testkit;

import dev.headwater.memory.InMemorySubjectKeys;
import dev.headwater.privacy.SubjectKeys;

class InMemorySubjectKeysTest extends SubjectKeysContract {

    private SubjectKeys keys;

    @Override
    protected SubjectKeys open() {
        keys = new InMemorySubjectKeys();
        return keys;
    }

    @Override
    protected SubjectKeys openAgain() {
        return keys;
    }
}
