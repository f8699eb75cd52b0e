package dev.holdfast.runtime;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.WatchedFile;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks after the configuration file while the program runs: a change is in force with the second look at it, as one
 * whole; a bad one is said, and the last good one stays. It runs on one daemon thread, which begins a moment after the
 * start and sleeps.
 */
final class Reload implements Runnable {
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final WatchedFile file;
    private final Setup setup;
    private final Holdfast holdfast;
    private final Console console;
    private final CountDownLatch end = new CountDownLatch(1);
    private long everyNanos;
    private long looked;
    private long ticked;
    /** Whether the work that need not be done before the program's first call is done. */
    private boolean begun;

    /**
     * For a file that was read a moment ago.
     *
     * @param configuration what was in it
     */
    Reload(WatchedFile file, Configuration configuration, Setup setup, Holdfast holdfast, Console console) {
        this.file = file;
        this.setup = setup;
        this.holdfast = holdfast;
        this.console = console;
        everyNanos = configuration.outside().lookEveryNanos();
    }

    /** Starts the thread. */
    void start() {
        Thread thread = new Thread(null, this, "holdfast-reload");
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
    }

    @Override
    public void run() {
        looked = System.nanoTime();
        ticked = looked;
        boolean goesOn = true;
        while (goesOn) {
            try {
                goesOn = step();
            } catch (InterruptedException e) {
                // Nobody who knows this thread interrupts it: whoever does wants it to end.
                Thread.currentThread().interrupt();
                goesOn = false;
            } catch (RuntimeException | Error e) {
                survive(e);
            }
        }
    }

    /** One round: a wait, and then the work that is due. Gives false when the thread is to end. */
    private boolean step() throws InterruptedException {
        if (!begun) {
            setup.operations().begin();
            begun = true;
        }
        if (end.await(Math.min(everyNanos, TICK_NANOS), TimeUnit.NANOSECONDS)) {
            return false;
        }
        long now = System.nanoTime();
        if (now - looked >= everyNanos) {
            looked = now;
            look();
        }
        if (now - ticked >= TICK_NANOS) {
            ticked = now;
            setup.operations().tick();
        }
        return true;
    }

    /**
     * Goes on after an error that the program survives too, an {@code OutOfMemoryError} above all. The pause keeps a
     * memory that stays full from turning this thread into a busy loop; it allocates nothing.
     */
    private void survive(Throwable error) {
        try {
            console.report("an error in the thread that watches the configuration; it goes on", error);
        } catch (RuntimeException | Error again) {
            // There is no memory left to report it.
        }
        LockSupport.parkNanos(TICK_NANOS);
    }

    /** One look at the file. */
    void look() {
        try {
            Configuration changed = file.look();
            if (changed != null) {
                holdfast.use(setup.engine(changed));
                everyNanos = changed.outside().lookEveryNanos();
                setup.operations().reloaded(changed, Setup.summary("reloaded", changed), Setup.notices(changed));
            }
        } catch (ConfigException e) {
            setup.operations().reloadFailed(String.valueOf(e.getMessage()));
        } catch (RuntimeException | LinkageError e) {
            console.report("the changed configuration cannot be put in force; the one before stays", e);
        } catch (Error e) {
            file.forget(); // no fault of the file: it is read again with the next looks
            throw e;
        }
    }
}
