package dev.headwater.testkit;

class InMemoryProcessTest extends ProcessContract<Object> {

    @Override
    protected ProcessSubject<Object> open() {
        return new InMemoryProcessSubject();
    }
}
