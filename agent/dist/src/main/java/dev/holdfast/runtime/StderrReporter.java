package dev.holdfast.runtime;

import dev.holdfast.call.ErrorReporter;
import dev.holdfast.observe.Log;
import dev.holdfast.observe.LogEntry;
import dev.holdfast.observe.LogFile;
import dev.holdfast.observe.LogFormat;
import dev.holdfast.observe.Recurrence;
import dev.holdfast.policy.ValueSource;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holdfast's few lines on standard error, or in a file of its own: the file descriptor itself, since the application
 * may lead {@code System.err} into its own logging. At most {@value #PER_MINUTE} reports of defects a minute, each of
 * bounded size; what was left out is counted. A report that repeats is written the first, second, tenth, hundredth…
 * time. Thread-safe; no lock of its own is held during I/O.
 */
final class StderrReporter implements ErrorReporter, Consumer<LogEntry> {
    private static final int PER_MINUTE = 10;
    private static final int MOST_KINDS = 100;
    private static final int LONGEST_KIND = 200;
    private static final int LONGEST_REPORT = 2_000;
    private static final int LONGEST_ENTRY = 20_000;
    private static final int FRAMES = 8;

    private final PrintStream out;
    private volatile @Nullable LogFile file;
    private volatile LogFormat format = LogFormat.TEXT;
    private final Object lock = new Object();
    private final Map<String, Integer> reported = new HashMap<>();
    private long windowStart;
    private int inWindow;
    private long leftOut;

    StderrReporter() {
        this(new PrintStream(new FileOutputStream(FileDescriptor.err), true));
    }

    StderrReporter(PrintStream out) {
        this.out = out;
        this.windowStart = System.nanoTime();
    }

    /** Writes what an operator wants to know of the start. */
    void say(String what) {
        accept(LogEntry.of(Log.Level.INFO, "notice", what));
    }

    /**
     * Writes on standard error, wherever the log goes, what is wrong with the start; nothing where the form is text,
     * which the launch classes write by themselves.
     *
     * @return whether it was written
     */
    boolean sayUnlessText(String what) {
        LogFormat as = format;
        if (as == LogFormat.TEXT) {
            return false;
        }
        printLine(as, as.line(System.currentTimeMillis(), LogEntry.of(Log.Level.ERROR, "notice", what)));
        return true;
    }

    /** Writes an entry, whatever its level: the log decides about that, and about how many there are. */
    @Override
    public void accept(LogEntry entry) {
        print(entry, LONGEST_ENTRY);
    }

    @Override
    public void report(String what, @Nullable Throwable cause) {
        String line = rateLimited(what, cause);
        if (line == null) {
            return;
        }
        if (cause == null) {
            print(LogEntry.of(Log.Level.ERROR, "defect", line), LONGEST_REPORT);
        } else if (format == LogFormat.TEXT) {
            print(LogEntry.of(Log.Level.ERROR, "defect", line + ": " + cause + stack(cause)), LONGEST_REPORT);
        } else {
            print(
                    LogEntry.of(Log.Level.ERROR, "defect", line)
                            .with("exception", bounded(cause.toString(), LONGEST_REPORT))
                            .with("stack_trace", stack(cause).strip()),
                    LONGEST_REPORT);
        }
    }

    /** The report with how many others there were; null: it is only counted. */
    private @Nullable String rateLimited(String what, @Nullable Throwable cause) {
        synchronized (lock) {
            String kind = bounded(what, LONGEST_KIND)
                    + (cause == null ? "" : cause.getClass().getName());
            boolean known = reported.containsKey(kind) || reported.size() < MOST_KINDS;
            int times = known ? reported.merge(kind, 1, Integer::sum) : 1;
            if (!Recurrence.isRound(times)) {
                return null;
            }
            long now = System.nanoTime();
            if (now - windowStart > TimeUnit.MINUTES.toNanos(1)) {
                windowStart = now;
                inWindow = 0;
            }
            if (++inWindow > PER_MINUTE) {
                leftOut++;
                return null;
            }
            String line = (times == 1 ? what : what + " (" + times + " times so far)")
                    + (leftOut == 0 ? "" : " (" + leftOut + " reports were left out before this one)");
            leftOut = 0;
            return line;
        }
    }

    private static String stack(Throwable cause) {
        StringBuilder text = new StringBuilder();
        StackTraceElement[] frames = cause.getStackTrace();
        for (int i = 0; i < frames.length && i < FRAMES; i++) {
            text.append(System.lineSeparator()).append("    at ").append(frames[i]);
        }
        if (cause.getCause() != null) {
            text.append(System.lineSeparator()).append("    caused by ").append(cause.getCause());
        }
        return text.toString();
    }

    private static String bounded(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "...";
    }

    private void print(LogEntry entry, int longest) {
        LogEntry bounded = entry.message().length() <= longest
                ? entry
                : new LogEntry(entry.level(), entry.event(), bounded(entry.message(), longest), entry.fields());
        LogFormat as = format;
        String line = as.line(System.currentTimeMillis(), bounded);
        LogFile current = file;
        if (current != null) {
            try {
                current.write(line);
                return;
            } catch (IOException | SecurityException e) {
                file = null;
                printLine(
                        as,
                        as.line(
                                System.currentTimeMillis(),
                                LogEntry.of(
                                        Log.Level.WARN,
                                        "log_file",
                                        "the log goes to standard error from here on; its file cannot be written: "
                                                + current.source().reason(e, null))));
            }
        }
        printLine(as, line);
    }

    /** One call, so that the lines of two threads do not mix. */
    private void printLine(LogFormat as, String line) {
        out.println(as == LogFormat.TEXT ? "[holdfast] " + line : line);
    }

    /** Sets the format of the entries from now on. */
    void format(LogFormat next) {
        format = next;
    }

    /**
     * Leads all that is written from now on into a file; to standard error where it cannot be written, which is said.
     *
     * @param next null: standard error is wanted
     * @param source where the name of the file comes from, which decides how it is shown
     */
    void writeTo(@Nullable File next, ValueSource source) {
        try {
            writeTo(next == null ? null : new LogFile(next, source));
        } catch (IOException e) {
            writeTo(null);
            accept(LogEntry.of(
                    Log.Level.WARN,
                    "log_file",
                    "the log cannot be written to " + source.shown(String.valueOf(next))
                            + ", and so goes to standard error: " + source.reason(e, null)));
        }
    }

    private void writeTo(@Nullable LogFile next) {
        LogFile before = file;
        file = next;
        if (before != null) {
            before.close();
        }
    }
}
