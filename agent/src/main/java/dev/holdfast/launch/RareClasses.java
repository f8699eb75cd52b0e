package dev.holdfast.launch;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;

/**
 * The classes that few programs need, in a jar within the jar: the JVM looks at each entry of an agent's jar at its start, and
 * these are more than half of them. Without them a program's start was measured to be 1.4 ms (JDK 17) and 2.1 ms (JDK 25)
 * shorter. The inner jar is stored, not compressed, so that one class can be read without reading those before it.
 *
 * <p>Its directory is read when the first of these classes is needed. Thread-safe.
 */
final class RareClasses {
    /** The inner jar. */
    static final String ENTRY = "in-rare.jar";

    private static final String[] PACKAGES = {"io.", "com.google.", "picocli.", "dev.holdfast.cli."};

    private static final int END_BYTES = 22;
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int RECORD_BYTES = 46;
    private static final int RECORD_SIGNATURE = 0x02014b50;
    private static final int LOCAL_BYTES = 30;

    private final JarFile jar;
    private final ZipEntry inner;
    private final Map<String, int[]> places = new HashMap<>();

    /**
     * Reads the inner jar's directory.
     *
     * @param jar the agent's
     */
    RareClasses(JarFile jar) throws IOException {
        this.jar = jar;
        ZipEntry entry = jar.getEntry(ENTRY);
        if (entry == null || entry.getMethod() != ZipEntry.STORED) {
            throw new IOException(ENTRY + " is not as it was packed");
        }
        this.inner = entry;
        // https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.16 and 4.3.12; no comment is behind the end.
        byte[] end = read(entry.getSize() - END_BYTES, END_BYTES);
        int size = number(end, 12);
        byte[] directory = read(number(end, 16), size);
        check(number(end, 0) == END_SIGNATURE);
        for (int at = 0; at < size; ) {
            check(number(directory, at) == RECORD_SIGNATURE);
            int nameBytes = half(directory, at + 28);
            String name = new String(directory, at + RECORD_BYTES, nameBytes, "UTF-8");
            int method = half(directory, at + 10);
            int[] place = {number(directory, at + 42), number(directory, at + 20), number(directory, at + 24), method};
            places.put(name, place);
            at += RECORD_BYTES + nameBytes + half(directory, at + 30) + half(directory, at + 32);
        }
    }

    /** Whether a class is one of these, if it is one of the agent's at all. */
    static boolean mayHave(String className) {
        for (String prefix : PACKAGES) {
            if (className.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /**
     * What was packed under a name.
     *
     * @return null if nothing was
     */
    byte @Nullable [] get(String name) throws IOException {
        int[] place = places.get(name);
        if (place == null) {
            return null;
        }
        byte[] local = read(place[0], LOCAL_BYTES);
        byte[] packed = read(place[0] + LOCAL_BYTES + half(local, 26) + half(local, 28), place[1]);
        return place[3] == ZipEntry.STORED ? packed : inflated(packed, place[2]);
    }

    private static byte[] inflated(byte[] packed, int size) throws IOException {
        byte[] bytes = new byte[size];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed);
            check(inflater.inflate(bytes) == size);
            return bytes;
        } catch (DataFormatException e) {
            throw new IOException(ENTRY + " is not as it was packed", e);
        } finally {
            inflater.end();
        }
    }

    /** A part of the inner jar. Skipping in what is stored costs nothing. */
    private byte[] read(long from, int length) throws IOException {
        byte[] bytes = new byte[length];
        try (InputStream in = jar.getInputStream(inner)) {
            for (long left = from; left > 0; ) {
                long skipped = in.skip(left);
                check(skipped > 0);
                left -= skipped;
            }
            for (int read = 0; read < length; ) {
                int more = in.read(bytes, read, length - read);
                if (more < 0) {
                    throw new EOFException(ENTRY + " is cut short");
                }
                read += more;
            }
        }
        return bytes;
    }

    private static void check(boolean good) throws IOException {
        if (!good) {
            throw new IOException(ENTRY + " is not as it was packed");
        }
    }

    private static int half(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
    }

    private static int number(byte[] bytes, int at) {
        return half(bytes, at) | half(bytes, at + 2) << 16;
    }
}
