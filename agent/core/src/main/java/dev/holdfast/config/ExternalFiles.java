package dev.holdfast.config;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files whose text a configuration takes values from, such as the secrets of a container, each read once. A line
 * end at the end of a file is no part of the value: nearly every way to write a secret leaves one.
 */
final class ExternalFiles {
    /**
     * The largest file that is read, in bytes: the most that a Kubernetes secret may have is 1 MiB for all its keys.
     */
    static final int LIMIT = 64 << 10;

    private static final String BEGIN = "${file:";
    /** The number of digits behind each letter of an escape. */
    private static final Map<Character, Integer> DIGITS = Map.of('x', 2, 'u', 4, 'U', 8);
    /** The letters of the other escapes, and the characters that they mean. */
    private static final String SINGLE = "\"\\btnfre";

    private static final String MEANT = "\"\\\b\t\n\f\r\u001b";

    private final @Nullable File directory;
    private final Map<String, String> texts = new HashMap<>();

    /**
     * Creates the files of a configuration.
     *
     * @param configuration the name of its file, which others are relative to
     */
    ExternalFiles(String configuration) {
        directory = new File(configuration).getAbsoluteFile().getParentFile();
    }

    /**
     * Returns the text of a file.
     *
     * @param name absolute, or relative to the configuration
     * @param optional whether the file may be absent, and nothing is wrong then
     * @param reason takes the reason why there is no text
     * @return null: there is none
     */
    @Nullable
    String text(String name, boolean optional, List<String> reason) {
        String known = texts.get(name);
        if (known != null) {
            return known;
        }
        if (name.isEmpty()) {
            reason.add("file: names no file");
            return null;
        }
        File file = resolved(name);
        if (!file.exists() && optional) {
            return null;
        }
        if (!file.isFile()) {
            reason.add(!file.exists() ? absence(file) : "is not a regular file: " + file);
            return null;
        }
        if (!file.canRead()) {
            reason.add("the file " + file + " may not be read by this process; change its owner or permissions");
            return null;
        }
        try (InputStream in = new FileInputStream(file)) {
            byte[] bytes = in.readNBytes(LIMIT + 1);
            if (bytes.length > LIMIT) {
                reason.add("the file " + file + " is larger than " + Units.size(LIMIT) + ", the most that is read");
                return null;
            }
            String text = withoutLineEnd(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
            texts.put(name, text);
            return text;
        } catch (CharacterCodingException e) {
            reason.add("the file " + file + " is not UTF-8");
        } catch (IOException e) {
            reason.add("the file " + file + " cannot be read");
        }
        return null;
    }

    private static String absence(File file) {
        for (File folder = file.getParentFile(); folder != null; folder = folder.getParentFile()) {
            if (folder.isDirectory() && !folder.canExecute()) {
                return "no file that can be seen: " + file + "; the directory " + folder + " may not be entered";
            }
        }
        return "no such file; looked for " + file;
    }

    private File resolved(String name) {
        File file = new File(name);
        return file.isAbsolute() || directory == null ? file : new File(directory, name);
    }

    private static String withoutLineEnd(String text) {
        int end = text.endsWith("\n") ? text.length() - 1 : text.length();
        return text.substring(0, end > 0 && end < text.length() && text.charAt(end - 1) == '\r' ? end - 1 : end);
    }

    /**
     * Replaces all escapes of TOML, wherever they stand. In a string that has no escapes this finds a file that is
     * none, which is harmless.
     */
    private static String unescaped(String text) {
        StringBuilder plain = new StringBuilder();
        int from = 0;
        for (int at = text.indexOf('\\'); at >= 0 && at + 1 < text.length(); at = text.indexOf('\\', from)) {
            plain.append(text, from, at);
            char letter = text.charAt(at + 1);
            int digits = DIGITS.getOrDefault(letter, 0);
            int end = at + 2 + digits;
            int c = digits == 0 || end > text.length() ? -1 : number(text, at + 2, end);
            int single = SINGLE.indexOf(letter);
            if (Character.isValidCodePoint(c)) {
                plain.appendCodePoint(c);
                from = end;
            } else if (single >= 0) {
                plain.append(MEANT.charAt(single));
                from = at + 2;
            } else {
                from = behindLineEnd(text, at + 1);
                plain.append(from == at + 1 ? "\\" : "");
            }
        }
        return plain.append(text, from, text.length()).toString();
    }

    /** The end of white space that has a line end in it; where it has none, its beginning. */
    private static int behindLineEnd(String text, int from) {
        int end = from;
        boolean lineEnds = false;
        for (; end < text.length() && " \t\r\n".indexOf(text.charAt(end)) >= 0; end++) {
            lineEnds |= text.charAt(end) == '\n';
        }
        return lineEnds ? end : from;
    }

    /** A number in hexadecimal digits; -1: it is none, or too large for a character. */
    private static int number(String text, int from, int to) {
        try {
            long number = Long.parseLong(text, from, to, 16);
            return number > Character.MAX_CODE_POINT ? -1 : (int) number;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Returns whether a text may name a file, in plain words or with escapes. */
    static boolean mayBeNamedIn(String text) {
        return text.contains(BEGIN) || text.indexOf('\\') >= 0;
    }

    /**
     * Returns what the files that a configuration names hold now, so that a change of one can be told.
     *
     * @param written the text of the configuration
     */
    static String state(String written, String configuration) {
        Set<String> names = new LinkedHashSet<>();
        addNames(written, names); // as they are in strings without escapes
        if (written.indexOf('\\') >= 0) {
            addNames(unescaped(written), names);
        }
        if (names.isEmpty()) {
            return "";
        }
        ExternalFiles files = new ExternalFiles(configuration);
        StringBuilder state = new StringBuilder();
        for (String name : names) {
            List<String> reason = new ArrayList<>(1);
            String found = files.text(name, false, reason);
            // Between values stands what no text of a file has: it would not be UTF-8.
            state.append('\uDC02').append(found != null ? found : reason.toString());
        }
        return state.toString();
    }

    private static void addNames(String text, Set<String> names) {
        int end = 0;
        for (int at = text.indexOf(BEGIN); at >= 0 && end >= 0; at = text.indexOf(BEGIN, at + 1)) {
            end = text.indexOf('}', at);
            if (end >= 0) {
                String name = text.substring(at + BEGIN.length(), end);
                int standard = name.indexOf(":-");
                names.add(standard < 0 ? name : name.substring(0, standard));
            }
        }
    }
}
