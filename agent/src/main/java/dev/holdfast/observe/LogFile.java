package dev.holdfast.observe;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Holdfast's own log file. Each line begins with its time, in UTC. Past {@value #LARGEST} bytes the file is renamed,
 * with {@code .1} behind its name, and begun anew; so two of them are all there ever is. Thread-safe.
 */
public final class LogFile {
    private static final long LARGEST = 10 << 20;

    private final File file;
    private final long largest;
    private OutputStream out;
    private long size;

    /**
     * Opens the file, to write behind what is in it.
     *
     * @throws IOException it cannot be written
     */
    public LogFile(File file) throws IOException {
        this(file, LARGEST);
    }

    LogFile(File file, long largest) throws IOException {
        this.file = file;
        this.largest = largest;
        this.out = new FileOutputStream(file, true);
        this.size = file.length();
    }

    /**
     * Writes one entry.
     *
     * @throws IOException it cannot be written
     */
    public synchronized void write(String text) throws IOException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        byte[] line = (now + " " + text + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
        if (size > 0 && size + line.length > largest) {
            beginAnew();
        }
        out.write(line);
        size += line.length;
    }

    private void beginAnew() throws IOException {
        out.close();
        File old = new File(file.getPath() + ".1");
        // Where neither works, the file is emptied: its size is bounded in any case.
        boolean moved = (!old.exists() || old.delete()) && file.renameTo(old);
        out = new FileOutputStream(file, moved);
        size = 0;
    }

    /** Closes the file. */
    public synchronized void close() {
        try {
            out.close();
        } catch (IOException e) {
            // Nothing is buffered: every line that could be written has been.
        }
    }
}
