package dev.holdfast.observe;

import dev.holdfast.policy.ValueSource;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holdfast's own log file. Past {@value #LARGEST} bytes the file is renamed, with {@code .1} behind its name, and begun
 * anew; so two of them are all there ever is. Thread-safe; its lock may be held during I/O, and is none that pins a
 * virtual thread.
 */
public final class LogFile {
    private static final long LARGEST = 10 << 20;

    private final File file;
    private final long largest;
    private final ValueSource source;
    private final ReentrantLock lock = new ReentrantLock();
    private OutputStream out;
    private long size;

    /**
     * Opens the file, to write behind what is in it.
     *
     * @param source where its name comes from, which decides how it is shown
     * @throws IOException it cannot be written
     */
    public LogFile(File file, ValueSource source) throws IOException {
        this(file, LARGEST, source);
    }

    LogFile(File file, long largest, ValueSource source) throws IOException {
        this.file = file;
        this.largest = largest;
        this.source = source;
        this.out = new FileOutputStream(file, true);
        this.size = file.length();
    }

    /** The source of the file's name. */
    public ValueSource source() {
        return source;
    }

    /**
     * Writes one entry.
     *
     * @param line without a line break at its end
     * @throws IOException it cannot be written
     */
    public void write(String line) throws IOException {
        byte[] bytes = (line + System.lineSeparator()).getBytes(StandardCharsets.UTF_8);
        lock.lock();
        try {
            if (size > 0 && size + bytes.length > largest) {
                beginAnew();
            }
            out.write(bytes);
            size += bytes.length;
        } finally {
            lock.unlock();
        }
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
    public void close() {
        lock.lock();
        try {
            out.close();
        } catch (IOException e) {
            // Nothing is buffered: every line that could be written has been.
        } finally {
            lock.unlock();
        }
    }
}
