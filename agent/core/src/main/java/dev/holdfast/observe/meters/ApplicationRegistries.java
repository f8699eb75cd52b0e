package dev.holdfast.observe.meters;

import dev.holdfast.observe.Snapshot;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts the meters into the global registries of the Micrometers that the application has loaded: none, one, or one for
 * each of its class loaders that has one; sooner or later.
 *
 * <p>Nothing here keeps a loader of the application from being collected. What knows its classes is held by the meters
 * alone, which are the application's: their functions refer to it, and we only weakly. An application that clears its
 * registry so makes us forget it, and is given the meters anew.
 *
 * <p>Making a meter runs the application's code (filters, listeners), so it is done on a thread of its own, each
 * {@value #EVERY_SECONDS} s. Reading one does not wait for that: it takes a new snapshot, at most once a second.
 */
public final class ApplicationRegistries {
    private static final int EVERY_SECONDS = 5;
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<Snapshot> status;
    private final Queue<WeakReference<ClassLoader>> seen;
    private final BiConsumer<String, Throwable> report;
    private final List<Place> places = new ArrayList<>();
    private @Nullable Thread thread;
    private boolean wanted;

    /**
     * None yet.
     *
     * @param status what the meters show
     * @param seen loaders that have loaded Micrometer's global registry
     * @param report takes what goes wrong
     */
    public ApplicationRegistries(
            Supplier<Snapshot> status, Queue<WeakReference<ClassLoader>> seen, BiConsumer<String, Throwable> report) {
        this.status = status;
        this.seen = seen;
        this.report = report;
    }

    /** Begins, where anything was seen; or ends, and takes the meters back. To be called every second or so. */
    public synchronized void want(boolean on) {
        wanted = on;
        if (on && thread == null && !seen.isEmpty()) {
            Thread started = new Thread(null, this::run, "holdfast-meters");
            started.setDaemon(true);
            started.setContextClassLoader(null);
            started.start();
            thread = started;
        }
    }

    private synchronized boolean isWanted() {
        return wanted;
    }

    private void run() {
        try {
            while (true) {
                // First of all: a class that was loaded a moment ago is still being initialised by somebody.
                TimeUnit.SECONDS.sleep(EVERY_SECONDS);
                updateOrReport();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An {@code OutOfMemoryError} that the program survives must not end this thread: the next round tries again. */
    private void updateOrReport() {
        try {
            update(isWanted());
        } catch (Error e) {
            try {
                report.accept("the application's Micrometer was not updated", e);
            } catch (RuntimeException | Error again) {
                // There is no memory left to report it.
            }
        }
    }

    private void update(boolean on) {
        for (WeakReference<ClassLoader> loader = seen.poll(); loader != null; loader = seen.poll()) {
            places.add(new Place(loader));
        }
        for (Iterator<Place> all = places.iterator(); all.hasNext(); ) {
            Place place = all.next();
            try {
                if (!place.update(on)) {
                    all.remove();
                }
            } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
                all.remove();
                report.accept("the application's Micrometer cannot be used", e);
            }
        }
    }

    /** One Micrometer of the application. */
    private final class Place {
        private final WeakReference<ClassLoader> loader;
        private WeakReference<Shown> shown = new WeakReference<>(null);

        Place(WeakReference<ClassLoader> loader) {
            this.loader = loader;
        }

        /** Returns whether there will be more to do. */
        boolean update(boolean on) throws ReflectiveOperationException {
            ClassLoader there = loader.get();
            if (there == null) {
                return false;
            }
            Shown now = shown.get();
            if (now == null) {
                if (!on) {
                    return true;
                }
                now = new Shown(there, status);
                shown = new WeakReference<>(now);
            }
            now.update(on);
            return true;
        }
    }

    /** The meters in one Micrometer. Held by them. */
    private static final class Shown {
        private final Supplier<Snapshot> status;
        private final GaugeSet gaugeSet;
        private final ReentrantLock lock = new ReentrantLock();
        private long takenNanos;

        Shown(ClassLoader loader, Supplier<Snapshot> status) throws ReflectiveOperationException {
            this.status = status;
            this.gaugeSet = new GaugeSet(new ForeignRegistrar(loader, this::refresh));
        }

        void update(boolean on) {
            lock.lock();
            try {
                gaugeSet.update(on ? values() : sink -> {});
            } finally {
                lock.unlock();
            }
        }

        /**
         * A meter is read: by a thread that may hold a lock of the registry's, for which the one that makes meters may
         * be waiting. So nobody waits here; what was known before is good enough.
         */
        private void refresh() {
            if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
                return;
            }
            try {
                if (System.nanoTime() - takenNanos > FRESH_NANOS) {
                    gaugeSet.refresh(values());
                }
            } finally {
                lock.unlock();
            }
        }

        private Consumer<MeterSink> values() {
            Snapshot snapshot = status.get();
            takenNanos = System.nanoTime();
            return sink -> {
                Meters.ofAgent(snapshot, sink);
                Meters.ofOrigins(snapshot, sink);
            };
        }
    }
}
