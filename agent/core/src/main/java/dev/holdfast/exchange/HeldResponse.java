package dev.holdfast.exchange;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A response whose body was held back to be looked at. Immutable.
 *
 * @param head what came before the body
 * @param body its text; null: it is in a coding that is not understood
 */
public record HeldResponse(ResponseHead head, @Nullable String body) implements ResponseHead {
    private static final String CHARSET = "charset=";

    /** The two bytes at the beginning of what is in gzip. */
    private static final int GZIP = 0x1f8b;

    /**
     * A response with a whole body. The text is read in the charset that the response names, UTF-8 where it names none;
     * a body in gzip or deflate is unpacked up to a limit, and not looked at past that.
     *
     * @param limit the most bytes of text
     */
    public static HeldResponse of(ResponseHead head, byte[] body, long limit) {
        byte[] plain = body;
        String coding = head.header("Content-Encoding");
        if (coding != null && !coding.strip().equalsIgnoreCase("identity")) {
            String name = coding.strip().toLowerCase(Locale.ROOT);
            plain = switch (name) {
                case "gzip", "x-gzip" -> unpacked(body, limit);
                case "deflate" -> inflated(body, limit);
                default -> null;
            };
        }
        return new HeldResponse(
                head, plain == null ? null : new String(plain, charset(head.header("Content-Type"), plain)));
    }

    /** Some clients unpack a body and leave its header in place. */
    private static byte @Nullable [] unpacked(byte[] body, long limit) {
        if (begin(body) != GZIP) {
            return body;
        }
        try (InputStream stream = new GZIPInputStream(new ByteArrayInputStream(body))) {
            byte[] plain = stream.readNBytes((int) Math.min(limit, Integer.MAX_VALUE - 1L) + 1);
            return plain.length > limit ? null : plain;
        } catch (IOException e) {
            return null;
        }
    }

    /** A body in deflate is in zlib's form (RFC 9110, 8.4.1.2), or without its frame, as some servers send it. */
    private static byte @Nullable [] inflated(byte[] body, long limit) {
        for (boolean bare : new boolean[] {false, true}) {
            Inflater inflater = new Inflater(bare);
            ByteArrayInputStream packed = new ByteArrayInputStream(body);
            try (InputStream stream = new InflaterInputStream(packed, inflater)) {
                byte[] plain = stream.readNBytes((int) Math.min(limit, Integer.MAX_VALUE - 1L) + 1);
                if (plain.length > limit) {
                    return null;
                }
                if (inflater.getRemaining() == 0 && packed.available() == 0) {
                    return plain;
                }
            } catch (IOException e) {
                // It is in the other form, or was unpacked already.
            } finally {
                inflater.end();
            }
        }
        return body;
    }

    /** The first two bytes, 0 where there are fewer. */
    private static int begin(byte[] body) {
        return body.length < 2 ? 0 : ((body[0] & 0xff) << 8) | (body[1] & 0xff);
    }

    private static Charset charset(@Nullable String contentType, byte[] body) {
        int begin = begin(body);
        if (begin == 0xfeff || begin == 0xfffe) {
            return StandardCharsets.UTF_16; // by its byte order mark
        }
        String lower = contentType == null ? "" : contentType.toLowerCase(Locale.ROOT);
        int at = lower.indexOf(CHARSET);
        if (at < 0) {
            return StandardCharsets.UTF_8;
        }
        int end = lower.indexOf(';', at);
        String name = lower.substring(at + CHARSET.length(), end < 0 ? lower.length() : end)
                .replace("\"", "")
                .replace("'", "")
                .strip();
        try {
            return Charset.forName(name);
        } catch (IllegalArgumentException e) {
            return StandardCharsets.UTF_8; // a name that nobody knows: most of what is looked for is ASCII
        }
    }

    @Override
    public int status() {
        return head.status();
    }

    @Override
    public @Nullable String header(String name, int index) {
        return head.header(name, index);
    }

    @Override
    public Map<String, List<String>> fields() {
        return head.fields();
    }

    /** Shows no body. */
    @Override
    public String toString() {
        return "HeldResponse " + status();
    }
}
