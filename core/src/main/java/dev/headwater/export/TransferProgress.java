package dev.headwater.export;

/** Is told how far an export or an import has come, on the thread that runs it. */
@FunctionalInterface
public interface TransferProgress {

    /** So much of all is done: positions of an export, events of an import. */
    void at(long done, long all);

    /** Tells nobody. */
    static TransferProgress none() {
        return (done, all) -> {};
    }
}
