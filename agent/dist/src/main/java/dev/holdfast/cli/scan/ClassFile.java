package dev.holdfast.cli.scan;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The facts in the constant pool of a class file (JVMS 4.4): the name of the class, and which of the JDK's HTTP clients
 * its code names. Nothing is loaded. What its path says of its name is not believed, for it may stand anywhere.
 *
 * @param name with dots
 * @param usesHttpClient whether it names {@code java.net.http.HttpClient}
 * @param usesUrlConnection whether it names {@code HttpURLConnection}, or opens a connection of a {@code URL}
 */
record ClassFile(String name, boolean usesHttpClient, boolean usesUrlConnection) {
    private static final int MAGIC = 0xcafebabe;
    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int METHOD = 10;
    private static final int NAME_AND_TYPE = 12;

    /**
     * The bytes of each kind of constant behind its tag, where they are not counted in it; 0: there is no such kind.
     */
    private static final int[] SIZES = {0, 0, 0, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, 0, 0, 3, 2, 4, 4, 2, 2};

    private static final byte[] HTTP_CLIENT = ascii("java/net/http/HttpClient");
    private static final byte[] URL_CONNECTION = ascii("java/net/HttpURLConnection");
    private static final byte[] HTTPS_URL_CONNECTION = ascii("javax/net/ssl/HttpsURLConnection");
    private static final byte[] URL = ascii("java/net/URL");
    private static final byte[] OPEN_CONNECTION = ascii("openConnection");

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads one.
     *
     * @param bytes the file, and perhaps something behind it
     * @param length how many of them are the file
     * @return null: it is no class file
     */
    static @Nullable ClassFile read(byte[] bytes, int length) {
        Pool pool = length < 10 ? null : Pool.read(bytes, length);
        return pool == null ? null : pool.classFile();
    }

    /** The constants of a file. */
    private static final class Pool {
        private final byte[] bytes;
        private final int length;
        /** The offset at which each constant begins; 0: there is none of that number. */
        private final int[] at;
        /** Behind the last constant. */
        private final int end;

        private Pool(byte[] bytes, int length, int[] at, int end) {
            this.bytes = bytes;
            this.length = length;
            this.at = at;
            this.end = end;
        }

        static @Nullable Pool read(byte[] bytes, int length) {
            Pool file = new Pool(bytes, length, new int[0], 0);
            if (file.number(0, 4) != MAGIC) {
                return null;
            }
            int[] at = new int[file.number(8, 2)];
            int position = 10;
            for (int i = 1; i < at.length; i++) {
                if (position + 3 > length) {
                    return null;
                }
                int tag = bytes[position];
                int size = tag == UTF8 ? 2 + file.number(position + 1, 2) : size(tag);
                if (size == 0) {
                    return null;
                }
                at[i] = position;
                position += 1 + size;
                if (tag == LONG || tag == DOUBLE) {
                    i++; // takes two places
                }
            }
            return position + 4 > length ? null : new Pool(bytes, length, at, position);
        }

        private static int size(int tag) {
            return tag < 0 || tag >= SIZES.length ? 0 : SIZES[tag];
        }

        @Nullable
        ClassFile classFile() {
            int self = number(end + 2, 2);
            boolean httpClient = false;
            boolean urlConnection = false;
            for (int i = 1; i < at.length; i++) {
                httpClient |= isClass(i, HTTP_CLIENT);
                urlConnection |= isClass(i, URL_CONNECTION) || isClass(i, HTTPS_URL_CONNECTION) || opensUrl(i);
            }
            int utf8 = tag(self) == CLASS ? number(at[self] + 1, 2) : 0;
            if (tag(utf8) != UTF8 || at[utf8] + 3 + number(at[utf8] + 1, 2) > length) {
                return null;
            }
            String name = new String(bytes, at[utf8] + 3, number(at[utf8] + 1, 2), StandardCharsets.UTF_8);
            return new ClassFile(name.replace('/', '.'), httpClient, urlConnection);
        }

        private boolean opensUrl(int index) {
            if (tag(index) != METHOD || !isClass(number(at[index] + 1, 2), URL)) {
                return false;
            }
            int nameAndType = number(at[index] + 3, 2);
            return tag(nameAndType) == NAME_AND_TYPE && isText(number(at[nameAndType] + 1, 2), OPEN_CONNECTION);
        }

        private boolean isClass(int index, byte[] name) {
            return tag(index) == CLASS && isText(number(at[index] + 1, 2), name);
        }

        private boolean isText(int index, byte[] text) {
            if (tag(index) != UTF8 || number(at[index] + 1, 2) != text.length || at[index] + 3 + text.length > length) {
                return false;
            }
            for (int i = 0; i < text.length; i++) {
                if (bytes[at[index] + 3 + i] != text[i]) {
                    return false;
                }
            }
            return true;
        }

        /** The kind of a constant; 0 where there is none. */
        private int tag(int index) {
            return index <= 0 || index >= at.length || at[index] == 0 ? 0 : bytes[at[index]];
        }

        private int number(int position, int size) {
            int number = 0;
            for (int i = 0; i < size; i++) {
                number = (number << 8) | (bytes[position + i] & 255);
            }
            return number;
        }
    }
}
