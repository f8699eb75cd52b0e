package dev.holdfast.runtime;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.WatchedFile;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the configuration file while the program runs: a change is in force within {@value #EVERY_SECONDS} + 1 s or
 * so, as one whole; a bad one is said, and the last good one stays. It runs on one daemon thread, which begins a moment
 * after the start and sleeps.
 */
final class Reload implements Runnable {
    private static final int EVERY_SECONDS = 1;

    private final WatchedFile file;
    private final Setup setup;
    private final Holdfast holdfast;
    private final Console console;
    private final CountDownLatch end = new CountDownLatch(1);

    Reload(WatchedFile file, Setup setup, Holdfast holdfast, Console console) {
        this.file = file;
        this.setup = setup;
        this.holdfast = holdfast;
        this.console = console;
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
        try {
            setup.operations().begin();
            while (!end.await(EVERY_SECONDS, TimeUnit.SECONDS)) {
                look();
                setup.operations().tick();
            }
        } catch (InterruptedException e) {
            // Nobody who knows this thread interrupts it: whoever does wants it to end.
            Thread.currentThread().interrupt();
        }
    }

    /** One look at the file. */
    void look() {
        try {
            Configuration changed = file.look();
            if (changed != null) {
                holdfast.use(setup.engine(changed));
                setup.operations().reloaded(changed, Setup.summary("reloaded", changed), Setup.notices(changed));
            }
        } catch (ConfigException e) {
            setup.operations().reloadFailed(String.valueOf(e.getMessage()));
        } catch (RuntimeException | LinkageError e) {
            console.report("the changed configuration cannot be put in force; the one before stays", e);
        }
    }
}
