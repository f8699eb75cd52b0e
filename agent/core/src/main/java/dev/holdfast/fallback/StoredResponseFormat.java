package dev.holdfast.fallback;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answers to one request as the bytes of a file: a number for the format, the key, the answers, and a SHA-256 of
 * all that. Holds no header of a request, for the key and what {@code Vary} names are digests. Pure functions,
 * thread-safe.
 */
final class StoredResponseFormat {
    /** The version of the format, raised with every change: a file of another format is a miss. */
    private static final int FORMAT = 0x48464301;

    private static final int CHECKSUM = 32;

    private StoredResponseFormat() {}

    static byte[] write(String key, List<StoredResponse> answers) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(FORMAT);
            text(out, key);
            out.writeInt(answers.size());
            for (StoredResponse response : answers) {
                out.writeInt(response.status());
                out.writeLong(response.madeAt());
                out.writeLong(response.receivedAt());
                out.writeInt(response.varying().size());
                for (Map.Entry<String, String> each : response.varying().entrySet()) {
                    text(out, each.getKey());
                    text(out, each.getValue());
                }
                out.writeInt(response.headers().size());
                for (Map.Entry<String, List<String>> header : response.headers().entrySet()) {
                    text(out, header.getKey());
                    out.writeInt(header.getValue().size());
                    for (String value : header.getValue()) {
                        text(out, value);
                    }
                }
                out.writeInt(response.body().length());
                response.body().writeTo(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // into memory
        }
        byte[] checksum = CacheKey.sha256().digest(bytes.toByteArray());
        bytes.write(checksum, 0, checksum.length);
        return bytes.toByteArray();
    }

    /** The answers, null: these bytes are no whole file of this format for this key. */
    static @Nullable List<StoredResponse> read(String key, byte[] file) {
        int length = file.length - CHECKSUM;
        if (length < 0) {
            return null;
        }
        MessageDigest digest = CacheKey.sha256();
        digest.update(file, 0, length);
        if (!MessageDigest.isEqual(digest.digest(), Arrays.copyOfRange(file, length, file.length))) {
            return null;
        }
        // From here on the bytes are what was once written: only their format can be another.
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(file, 0, length))) {
            if (in.readInt() != FORMAT || !text(in).equals(key)) {
                return null;
            }
            List<StoredResponse> answers = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                answers.add(answer(in));
            }
            return answers;
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static StoredResponse answer(DataInputStream in) throws IOException {
        int status = in.readInt();
        long madeAt = in.readLong();
        long receivedAt = in.readLong();
        Map<String, String> varying = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            varying.put(text(in), text(in));
        }
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            String name = text(in);
            List<String> values = new ArrayList<>();
            for (int more = in.readInt(); more > 0; more--) {
                values.add(text(in));
            }
            headers.put(name, List.copyOf(values));
        }
        byte[] body = in.readNBytes(in.readInt());
        return new StoredResponse(status, headers, StoredBody.of(body), varying, madeAt, receivedAt, true);
    }

    // Not writeUTF, which ends at 64 KiB.

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
