package dev.headwater.subscription;

/** The work of a subscription that is stepped by hand. */
final class SteppedWorker implements Stepper.Work {

    private final SubscriptionWorker<?> worker;
    private final WorkerState shared;
    private final Stepper stepper;

    private Rest rest = new Rest.None(true);
    private long until = Long.MIN_VALUE;
    private boolean ended;

    SteppedWorker(SubscriptionWorker<?> worker, WorkerState shared, Stepper stepper) {
        this.worker = worker;
        this.shared = shared;
        this.stepper = stepper;
    }

    @Override
    public boolean hasEnded() {
        return ended;
    }

    @Override
    public boolean isWanted() {
        return shared.isWoken(rest);
    }

    @Override
    public long due() {
        return until;
    }

    /** Whether it looks again only in case that nobody has woken it, which a test does not do without. */
    private boolean isAsleep() {
        return rest instanceof Rest.Waiting && rest.longest().equals(PageHandler.SLEEP);
    }

    @Override
    public void step() {
        if (shared.isClosing()) {
            ended = true;
            worker.stop();
            return;
        }
        try {
            rest = worker.turn(shared.endOf(rest));
            until = isAsleep()
                    ? Long.MAX_VALUE
                    : stepper.nanoTime() + rest.longest().toNanos();
        } catch (RuntimeException | Error e) {
            ended = true;
            worker.fail(e);
        }
    }
}
