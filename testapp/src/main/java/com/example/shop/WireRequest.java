package com.example.shop;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A request as it came over the wire.
 *
 * @param method as sent
 * @param path as sent, undecoded
 * @param headers by lower-case name; of a repeated one the last
 * @param size the number of bytes in its body, transfer coding removed
 * @param checksum the CRC-32 of those bytes, in hexadecimal
 */
record WireRequest(String method, String path, Map<String, String> headers, int size, String checksum) {

    /** Reads a request; null if the client closed the connection instead. */
    static @Nullable WireRequest read(InputStream in) throws IOException {
        String line = readLine(in);
        if (line == null) {
            return null;
        }
        String[] parts = line.split(" ", -1);
        Map<String, String> headers = readHeaders(in);
        byte[] body = headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")
                ? readChunks(in)
                : readExactly(in, Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new WireRequest(parts[0], parts[1], headers, body.length, checksum(body));
    }

    /** One line for the log. */
    String describe() {
        String key = headers.getOrDefault("idempotency-key", "-");
        return method + " " + path + " key=" + key + " bytes=" + size + " crc=" + checksum;
    }

    private static String checksum(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return Long.toHexString(crc.getValue());
    }

    private static Map<String, String> readHeaders(InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>();
        for (String line = require(readLine(in)); !line.isEmpty(); line = require(readLine(in))) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private static byte[] readChunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
            body.write(readExactly(in, size));
            readLine(in);
        }
        readLine(in);
        return body.toByteArray();
    }

    private static int chunkSize(InputStream in) throws IOException {
        return Integer.parseInt(require(readLine(in)), 16);
    }

    private static byte[] readExactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the request ended early");
        }
        return bytes;
    }

    private static @Nullable String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static String require(@Nullable String line) throws IOException {
        if (line == null) {
            throw new EOFException("the request ended early");
        }
        return line;
    }
}
