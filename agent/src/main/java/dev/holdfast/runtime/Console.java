package dev.holdfast.runtime;

import dev.holdfast.observe.LogFile;
import dev.holdfast.weave.Defects;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holdfast's few lines on standard error, or in a file of its own: the file descriptor itself, since the application
 * may lead {@code System.err} into its own logging. At most {@value #PER_MINUTE} reports a minute, each of bounded
 * size; what was left out is counted. Thread-safe.
 */
final class Console implements Defects {
    private static final int PER_MINUTE = 10;
    private static final int LONGEST_REPORT = 2_000;
    private static final int LONGEST_START = 20_000;
    private static final int FRAMES = 8;

    private final PrintStream out;
    private volatile @Nullable LogFile file;
    private final Object lock = new Object();
    private long windowStart;
    private int inWindow;
    private long leftOut;

    Console() {
        this(new PrintStream(new FileOutputStream(FileDescriptor.err), true));
    }

    Console(PrintStream out) {
        this.out = out;
        this.windowStart = System.nanoTime();
    }

    /** Prints lines of the start, each behind the agent's name; not limited in rate, for there is one start. */
    void say(String what) {
        print(what, LONGEST_START);
    }

    @Override
    public void report(String what, @Nullable Throwable cause) {
        String line;
        synchronized (lock) {
            long now = System.nanoTime();
            if (now - windowStart > TimeUnit.MINUTES.toNanos(1)) {
                windowStart = now;
                inWindow = 0;
            }
            if (++inWindow > PER_MINUTE) {
                leftOut++;
                return;
            }
            line = leftOut == 0 ? what : what + " (" + leftOut + " reports were left out before this one)";
            leftOut = 0;
        }
        print(cause == null ? line : line + ": " + describe(cause), LONGEST_REPORT);
    }

    private static String describe(Throwable cause) {
        StringBuilder text = new StringBuilder(cause.toString());
        StackTraceElement[] frames = cause.getStackTrace();
        for (int i = 0; i < frames.length && i < FRAMES; i++) {
            text.append(System.lineSeparator()).append("    at ").append(frames[i]);
        }
        if (cause.getCause() != null) {
            text.append(System.lineSeparator()).append("    caused by ").append(cause.getCause());
        }
        return text.toString();
    }

    private void print(String text, int longest) {
        String bounded = text.length() <= longest ? text : text.substring(0, longest) + "...";
        LogFile current = file;
        if (current != null) {
            try {
                current.write(bounded);
                return;
            } catch (IOException | SecurityException e) {
                file = null;
                out.println("[holdfast] the log goes to standard error from here on; its file cannot be written: " + e);
            }
        }
        // One call, so that the lines of two threads do not mix.
        out.println("[holdfast] " + bounded);
    }

    /** Leads all that is said from now on into a file; null: to standard error. */
    void writeTo(@Nullable LogFile next) {
        LogFile before = file;
        file = next;
        if (before != null) {
            before.close();
        }
    }
}
