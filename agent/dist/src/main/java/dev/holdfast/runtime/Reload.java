package dev.holdfast.runtime;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.WatchedFile;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the configuration file while the program runs, whether or not the file could be used at the start: a
 * change is in force with the second look at it, as one whole; a bad one is said, and the last good one stays. It runs
 * on one daemon thread, which begins a moment after the start and sleeps.
 */
final class Reload implements Runnable {
    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Activation activation;
    private final StderrReporter stderrReporter;
    private final CountDownLatch end = new CountDownLatch(1);
    /** Held by whoever reads the file, puts a configuration in force, or looks at what is. */
    private final ReentrantLock lock = new ReentrantLock();

    private WatchedFile file;
    /** True if the file was read, so that it is known whether policies are in force. */
    private boolean read;

    private boolean watching;
    private long looked;
    private long ticked;

    /**
     * Creates the reload of a file that was not read yet.
     *
     * @param activation puts in force what is in it
     */
    Reload(WatchedFile file, Activation activation, StderrReporter stderrReporter) {
        this.file = file;
        this.activation = activation;
        this.stderrReporter = stderrReporter;
    }

    /**
     * Reads the file for the first time, on the calling thread.
     *
     * @return whether policies are in force
     * @throws ConfigException what is wrong with it
     */
    boolean readFirst() throws ConfigException {
        lock.lock();
        try {
            if (!read) {
                read = true;
                try {
                    activation.begin(file);
                } catch (RuntimeException | Error e) {
                    file.forget(); // no fault of the file: it is read again with the next looks
                    throw e;
                }
            }
            return activation.isActive();
        } finally {
            lock.unlock();
        }
    }

    /**
     * While no policy is in force, reads a file, and from then on looks after that one, unless it is bad.
     *
     * @param path the file; null for the one that is looked after already
     * @return null; empty where policies are in force already; or what is wrong with the file
     */
    @Nullable
    String readInstead(@Nullable String path) {
        lock.lock();
        try {
            if (read && activation.isActive()) {
                return "";
            }
            WatchedFile next = new WatchedFile(path == null ? file.path() : path);
            Configuration configuration = next.read();
            file = next;
            read = true;
            activation.replace(configuration);
            return null;
        } catch (ConfigException e) {
            return "the configuration cannot be used:\n" + e.getMessage();
        } finally {
            lock.unlock();
        }
    }

    /** Starts the thread; once. */
    void watch() {
        lock.lock();
        try {
            if (watching) {
                return;
            }
            watching = true;
        } finally {
            lock.unlock();
        }
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
                // Only code that wants this thread to end interrupts it.
                Thread.currentThread().interrupt();
                goesOn = false;
            } catch (RuntimeException | Error e) {
                survive(e);
            }
        }
    }

    /** One round: a wait, and then the work that is due. Gives false when the thread is to end. */
    private boolean step() throws InterruptedException {
        long everyNanos = begin();
        if (end.await(Math.min(everyNanos, TICK_NANOS), TimeUnit.NANOSECONDS)) {
            return false;
        }
        lock.lock();
        try {
            long now = System.nanoTime();
            if (now - looked >= everyNanos) {
                looked = now;
                look();
            }
            if (now - ticked >= TICK_NANOS) {
                ticked = now;
                activation.tick();
            }
        } finally {
            lock.unlock();
        }
        return true;
    }

    /** Gives how often the file is to be looked at. */
    private long begin() {
        lock.lock();
        try {
            activation.show();
            return activation.lookEveryNanos();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Goes on after an error that the program survives too, an {@code OutOfMemoryError} above all. The pause keeps a
     * memory that stays full from turning this thread into a busy loop; it allocates nothing.
     */
    private void survive(Throwable error) {
        try {
            stderrReporter.report("an error in the thread that watches the configuration; it goes on", error);
        } catch (RuntimeException | Error again) {
            // There is no memory left to report it.
        }
        LockSupport.parkNanos(TICK_NANOS);
    }

    /** One look at the file. */
    private void look() {
        try {
            Configuration changed = file.look();
            if (changed != null) {
                activation.replace(changed);
            }
        } catch (ConfigException e) {
            activation.reject(file, e);
        } catch (RuntimeException | LinkageError e) {
            stderrReporter.report("the changed configuration cannot be put in force; the one before stays", e);
        } catch (Error e) {
            file.forget(); // no fault of the file: it is read again with the next looks
            throw e;
        }
    }
}
