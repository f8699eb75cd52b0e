package dev.holdfast.config;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Gets the text of a configuration file, whatever the path leads to. {@code java.io} on purpose: {@code java.nio.file}
 * would initialise the default file system, which the application may want to replace.
 */
final class FileReader {
    /** The largest file that is read, in bytes: far above any sensible configuration, far below what would hurt. */
    static final int LIMIT = 1 << 20;

    /** The name under which the configuration in a variable is read, as if it were a file's. */
    static final String INLINE = "env:HOLDFAST_CONFIG_INLINE";

    private FileReader() {}

    /**
     * Reads a file.
     *
     * @param path the file, relative to the working directory; {@link #INLINE} is the variable
     * @return its text, without a byte order mark
     * @throws ConfigException there is no such file, or it is not a readable UTF-8 text of at most {@link #LIMIT} bytes
     */
    static String read(String path) throws ConfigException {
        if (path.equals(INLINE)) {
            return inline();
        }
        File file = new File(path);
        if (path.isEmpty()) {
            throw unreadable("(no name)", "the name of the configuration file is empty");
        }
        if (!file.exists()) {
            throw absence(path, file.getAbsoluteFile());
        }
        if (file.isDirectory()) {
            throw unreadable(path, "is a directory; name the file in it");
        }
        // A pipe or a terminal would block the start, a device has no end.
        if (!file.isFile()) {
            throw unreadable(path, "is not a regular file");
        }
        byte[] bytes;
        try (InputStream in = new FileInputStream(file)) {
            bytes = in.readNBytes(LIMIT + 1);
        } catch (IOException e) {
            throw unreadable(path, "cannot be read: " + e.getMessage());
        }
        return text(path, bytes);
    }

    /** Reads the variable that holds a whole configuration. */
    private static String inline() throws ConfigException {
        String name = INLINE.substring(INLINE.indexOf(':') + 1);
        String text = System.getenv(name);
        if (text == null) {
            throw missing(INLINE, "the environment has no variable " + name);
        }
        if (text.length() > LIMIT) {
            throw invalid(INLINE, "is larger than " + Units.size(LIMIT) + ", the most that is read");
        }
        return text;
    }

    /**
     * Reads a stream to its end.
     *
     * @param in what is read, and left open
     * @param name how problems name it
     * @return its text
     * @throws ConfigException it is not a readable UTF-8 text of at most {@link #LIMIT} bytes
     */
    static String read(InputStream in, String name) throws ConfigException {
        try {
            return text(name, in.readNBytes(LIMIT + 1));
        } catch (IOException e) {
            throw unreadable(name, "cannot be read: " + e.getMessage());
        }
    }

    private static String text(String path, byte[] bytes) throws ConfigException {
        if (bytes.length > LIMIT) {
            throw invalid(path, "is larger than " + Units.size(LIMIT) + ", the most that is read");
        }
        return decode(path, bytes);
    }

    /** Returns the error for a file that is absent, as far as {@code java.io} can tell the reason. */
    private static ConfigException absence(String path, File file) {
        File parent = file.getParentFile();
        String[] siblings = parent == null ? null : parent.list();
        if (siblings != null && List.of(siblings).contains(file.getName())) {
            return missing(path, "is a link that leads to no file; looked for " + file);
        }
        for (File folder = parent; folder != null; folder = folder.getParentFile()) {
            if (folder.isDirectory() && !folder.canExecute()) {
                return unreadable(path, "no file that can be seen: the directory " + folder + " may not be entered");
            }
        }
        return missing(path, "no such file; looked for " + file);
    }

    private static String decode(String path, byte[] bytes) throws ConfigException {
        int start = bytes.length < 2 ? 0 : ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
        if (start == 0xfeff || start == 0xfffe) {
            throw invalid(path, "is UTF-16; save it as UTF-8");
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        if (decoder.decode(in, out, true).isError()) {
            String good = out.flip().toString();
            int lineStart = good.lastIndexOf('\n') + 1;
            int line = 1;
            for (int i = 0; i < lineStart; i++) {
                line += good.charAt(i) == '\n' ? 1 : 0;
            }
            String found = Integer.toHexString(bytes[in.position()] & 0xff);
            throw new ConfigException(List.of(new Problem(
                    path,
                    line,
                    good.length() - lineStart + 1,
                    "",
                    "the byte 0x" + found + " is not UTF-8; save the file as UTF-8")));
        }
        return out.flip().toString();
    }

    private static ConfigException missing(String path, String message) {
        return new ConfigException(
                List.of(new Problem(path, 0, 0, "", message)),
                ConfigException.Kind.MISSING,
                ObservabilityConfig.STANDARD);
    }

    private static ConfigException invalid(String path, String message) {
        return new ConfigException(List.of(new Problem(path, 0, 0, "", message)));
    }

    private static ConfigException unreadable(String path, String message) {
        return new ConfigException(
                List.of(new Problem(path, 0, 0, "", message)),
                ConfigException.Kind.UNREADABLE,
                ObservabilityConfig.STANDARD);
    }
}
