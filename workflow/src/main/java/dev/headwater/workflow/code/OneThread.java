package dev.headwater.workflow.code;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;

/**
 * Does everything on the thread of the turn, which a test steps by hand: what is side by side comes in an order that is
 * drawn, and a pause takes no time.
 */
record OneThread(RandomGenerator random) implements Hands {

    @Override
    public void pause(Duration time) {}

    @Override
    public <T> T within(Duration limit, Callable<T> effect) throws Exception {
        return effect.call();
    }

    @Override
    public void sideBySide(List<Runnable> pieces) {
        var shuffled = new ArrayList<>(pieces);
        Collections.shuffle(shuffled, random);
        shuffled.forEach(Runnable::run);
    }

    @Override
    public boolean repeatTurns() {
        return true;
    }
}
