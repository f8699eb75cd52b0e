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
 * One of the three jars within the agent's jar, which hold all that the {@linkplain IsolatedLoader isolated loader}
 * loads. The JVM opens the jar of an agent several times before {@code main}, and looks at each entry of it each time:
 * a program under a jar of 1,064 entries was measured to take 5 ms (JDK 17) and 6 ms (JDK 25) more of a processor's
 * time than under one of 24. An inner jar is stored, not compressed, so that one file can be read without reading those
 * before it.
 *
 * <p>Three, since the directory of an inner jar is read when the first of its files is wanted, and of what lies in the
 * second most programs want nothing, and of what lies in the third nearly all.
 *
 * <p>Reads the inner jar's bytes by way of the outer one, which stays open: it may be deleted or replaced meanwhile.
 * Thread-safe.
 */
final class NestedJar {
    /** The jar with the classes that a program's calls need. */
    static final String OFTEN = "in-often.jar";

    /** The jar with the classes that few programs need. */
    static final String RARE = "in-rare.jar";

    /** The jar with the classes that only programs with a shared store need. */
    static final String STORE = "in-store.jar";

    private static final String[] RARE_DIRECTORIES = {
        "io/", "com/google/", "picocli/", "org/tomlj/", "tools/jackson/", "dev/holdfast/cli/"
    };

    private static final String[] STORE_DIRECTORIES = {
        "redis/", "org/apache/commons/pool2/", "org/slf4j/", "dev/holdfast/store/"
    };

    private static final int END_BYTES = 22;
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int RECORD_BYTES = 46;
    private static final int RECORD_SIGNATURE = 0x02014b50;
    private static final int LOCAL_BYTES = 30;
    private static final int LOCAL_SIGNATURE = 0x04034b50;

    private final JarFile jar;
    private final ZipEntry inner;
    private final Map<String, int[]> places = new HashMap<>();

    /** Used again, as {@code JarFile} does: to make one costs as much as to inflate a small class with it. */
    private final Inflater inflater = new Inflater(true);

    /**
     * Reads the inner jar's directory.
     *
     * @param jar the agent's
     * @param name of the inner one
     */
    NestedJar(JarFile jar, String name) throws IOException {
        this.jar = jar;
        ZipEntry entry = jar.getEntry(name);
        if (entry == null || entry.getMethod() != ZipEntry.STORED) {
            throw new IOException(name + " is not as it was packed");
        }
        this.inner = entry;
        // https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.16 and 4.3.12; no comment is behind the end.
        byte[] end = read(entry.getSize() - END_BYTES, END_BYTES);
        check(number(end, 0) == END_SIGNATURE);
        int size = number(end, 12);
        byte[] directory = read(number(end, 16), size);
        for (int at = 0; at < size; ) {
            check(number(directory, at) == RECORD_SIGNATURE);
            int nameBytes = half(directory, at + 28);
            String file = new String(directory, at + RECORD_BYTES, nameBytes, "UTF-8");
            int header = LOCAL_BYTES + nameBytes;
            int method = half(directory, at + 10);
            places.put(file, new int[] {
                number(directory, at + 42), header, number(directory, at + 20), number(directory, at + 24), method
            });
            at += RECORD_BYTES + nameBytes + half(directory, at + 30) + half(directory, at + 32);
        }
    }

    /**
     * Returns the jar that a file is in, if it is one of the agent's at all.
     *
     * @param file with slashes
     */
    static String of(String file) {
        return isIn(RARE_DIRECTORIES, file) ? RARE : isIn(STORE_DIRECTORIES, file) ? STORE : OFTEN;
    }

    private static boolean isIn(String[] directories, String file) {
        for (String directory : directories) {
            if (file.startsWith(directory)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a file was packed. */
    boolean has(String file) {
        return places.containsKey(file);
    }

    /**
     * Returns the content of a file.
     *
     * @return null if nothing was
     */
    byte @Nullable [] get(String file) throws IOException {
        int[] place = places.get(file);
        if (place == null) {
            return null;
        }
        // 4.3.7. In one go: what the build packs has no extra field between the name and the data.
        int header = place[1];
        byte[] packed = read(place[0], header + place[2]);
        check(number(packed, 0) == LOCAL_SIGNATURE && header == LOCAL_BYTES + half(packed, 26) + half(packed, 28));
        byte[] bytes = new byte[place[3]];
        if (place[4] == ZipEntry.STORED) {
            System.arraycopy(packed, header, bytes, 0, bytes.length);
        } else {
            inflate(packed, header, bytes);
        }
        return bytes;
    }

    private void inflate(byte[] packed, int from, byte[] bytes) throws IOException {
        synchronized (inflater) {
            try {
                inflater.setInput(packed, from, packed.length - from);
                check(inflater.inflate(bytes) == bytes.length);
            } catch (DataFormatException e) {
                throw new IOException(inner.getName() + " is not as it was packed", e);
            } finally {
                inflater.reset();
            }
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
                    throw new EOFException(inner.getName() + " is cut short");
                }
                read += more;
            }
        }
        return bytes;
    }

    private void check(boolean good) throws IOException {
        if (!good) {
            throw new IOException(inner.getName() + " is not as it was packed");
        }
    }

    private static int half(byte[] bytes, int at) {
        return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
    }

    private static int number(byte[] bytes, int at) {
        return half(bytes, at) | half(bytes, at + 2) << 16;
    }
}
