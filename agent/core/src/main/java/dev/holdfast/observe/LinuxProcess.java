package dev.holdfast.observe;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * This process as Linux describes it in {@code /proc} (proc(5)). {@link ProcessHandle} tells the same on every platform
 * and was measured to take 4 to 6 ms of a processor's time when it is first asked, since it makes a thread pool; this
 * takes 0.3.
 *
 * @param pid the process
 * @param startedEpochMillis when it began, to some 20 ms
 */
record LinuxProcess(long pid, long startedEpochMillis) {
    private static final int LONGEST = 1_024;

    /** The index of the start time among the fields behind the command's name. */
    private static final int START = 19;

    /** USER_HZ, on every architecture that Java 17 runs on. */
    private static final int MILLIS_OF_TICK = 10;

    /**
     * Reads it.
     *
     * @param proc where {@code /proc} is
     * @param now the time, in milliseconds since the epoch
     * @return null: it is not there, or makes no sense, as in a container whose uptime is not the machine's
     */
    static @Nullable LinuxProcess read(File proc, long now) {
        String stat = text(new File(proc, "self/stat"));
        String uptime = text(new File(proc, "uptime"));
        int name = stat.indexOf(' ');
        // The command's name may hold anything.
        int fields = stat.lastIndexOf(')') + 2;
        if (name <= 0 || fields >= stat.length() || uptime.isEmpty()) {
            return null;
        }
        try {
            long ticks = Long.parseLong(stat.substring(fields).split(" ", START + 2)[START]);
            long bootedAt = now - Math.round(1_000 * Double.parseDouble(uptime.split(" ", 2)[0]));
            long started = bootedAt + MILLIS_OF_TICK * ticks;
            return started <= 0 || started > now + 1_000
                    ? null
                    : new LinuxProcess(Long.parseLong(stat.substring(0, name)), Math.min(started, now));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            return null;
        }
    }

    /** The beginning of a small file; empty if it cannot be read. */
    static String text(File file) {
        try (InputStream in = new FileInputStream(file)) {
            return new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
        } catch (IOException | SecurityException e) {
            return "";
        }
    }
}
