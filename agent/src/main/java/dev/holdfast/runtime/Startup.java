package dev.holdfast.runtime;

import dev.holdfast.weave.Weaver;
import java.lang.instrument.Instrumentation;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The order of the start. First the weaver is installed (cheap: one comparison per class that is loaded), so that no call
 * made while the configuration is still being read can slip by. Then a daemon thread reads the configuration, and a hook
 * that fires earlier waits for it, bounded. If the file bears no policy, or is bad, the weaver is removed again. With
 * {@code strict=true} the configuration is read before all else, on the program's thread, since a bad one must stop the
 * program before it runs.
 *
 * <p>The thread has no context class loader and inherits no thread-locals. It begins a moment after the program's main
 * class was loaded, or as soon as the first class of an HTTP client is: until then it would only compete with the JVM's own
 * start, and the shortest programs are over by then.
 */
final class Startup implements Runnable {
    /** For a program whose main class the weaver does not see. */
    private static final long LONGEST_HOLD_MILLIS = 500;

    private static final long AFTER_PROGRAM_START_MILLIS = 20;

    private static final int NOTICES_SHOWN = 10;

    private final String file;
    private final @Nullable String version;
    private final Console console;
    private final Holdfast holdfast;
    private final CountDownLatch programStarts = new CountDownLatch(1);
    private final CountDownLatch needed = new CountDownLatch(1);
    private final Weaver weaver;

    /**
     * A start that has not begun.
     *
     * @param file the configuration, as the user named it
     * @param version of the agent, null if unknown
     * @param instrumentation the JVM's
     * @param console for the start line
     */
    Startup(String file, @Nullable String version, Instrumentation instrumentation, Console console) {
        this.file = file;
        this.version = version;
        this.console = console;
        this.holdfast = new Holdfast(console);
        this.weaver = new Weaver(instrumentation, holdfast, console, programStarts, needed);
    }

    /**
     * Begins; the rest is done on a thread of its own.
     *
     * @param beforeMain whether the program's main class is still to be loaded
     */
    void begin(boolean beforeMain) {
        install();
        if (!beforeMain) {
            programStarts.countDown();
            needed.countDown();
        }
        Thread thread = new Thread(null, this, "holdfast-start", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
    }

    /** Does all of it on the calling thread. Returns what is wrong with the configuration, or null. */
    @Nullable
    String beginStrictly() {
        Setup setup;
        try {
            setup = Setup.read(file);
        } catch (Exception | LinkageError | StackOverflowError e) {
            return describe(e);
        }
        if (setup.engine() != null) {
            install();
        }
        use(setup);
        return null;
    }

    private void install() {
        try {
            weaver.install();
        } catch (RuntimeException | LinkageError e) {
            leave();
            throw e;
        }
    }

    @Override
    public void run() {
        holdfast.startingOnThisThread();
        try {
            programStarts.await(LONGEST_HOLD_MILLIS, TimeUnit.MILLISECONDS);
            needed.await(AFTER_PROGRAM_START_MILLIS, TimeUnit.MILLISECONDS);
            Setup setup = Setup.read(file);
            if (setup.engine() == null) {
                leave();
            }
            use(setup);
        } catch (Exception | LinkageError | StackOverflowError e) {
            leave();
            console.say(describe(e) + "\nthe program runs as without the agent");
        }
    }

    private void leave() {
        weaver.remove();
        holdfast.useNothing();
    }

    private void use(Setup setup) {
        if (setup.engine() != null) {
            holdfast.use(setup.engine());
        }
        StringBuilder text = new StringBuilder();
        if (version != null) {
            text.append(version).append(' ');
        }
        text.append(setup.summary());
        int shown = Math.min(setup.notices().size(), NOTICES_SHOWN);
        for (int i = 0; i < shown; i++) {
            text.append("\n  ").append(setup.notices().get(i));
        }
        if (setup.notices().size() > shown) {
            text.append("\n  ... and ").append(setup.notices().size() - shown).append(" more");
        }
        console.say(text.toString());
    }

    private static String describe(Throwable problem) {
        String message = problem.getMessage();
        return problem instanceof RuntimeException || problem instanceof Error || message == null
                ? "the configuration cannot be read: " + problem
                : "the configuration cannot be used:\n" + message;
    }
}
