package dev.headwater.testkit;

class InMemoryProcessStorageTest extends ProcessStorageContract<Object> {

    @Override
    protected ProcessSubject<Object> open() {
        return new InMemoryProcessSubject();
    }
}
