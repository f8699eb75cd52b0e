package dev.holdfast.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Compresses what a client accepts compressed (RFC 9110, 12.5.3): a scrape of a thousand origins has some megabytes.
 * Quickly rather than tightly, since the endpoint has one thread.
 */
final class Compression {
    /** A shorter body gains nothing, or a packet at best. */
    static final int LEAST_BYTES = 1_024;

    private static final Pattern WEIGHT = Pattern.compile("0(\\.\\d{0,3})?|1(\\.0{0,3})?");
    private static final double NOT_LISTED = -1;

    private Compression() {}

    /** The response as the client of a request accepts it. */
    static Response of(Request request, Response response) {
        if (response.status() != 200
                || response.body().length < LEAST_BYTES
                || !acceptsGzip(request.header("accept-encoding"))) {
            return response;
        }
        return response.encoded("gzip", gzip(response.body()));
    }

    /**
     * Returns whether a client accepts {@code gzip}, and does not prefer an answer that is not encoded. What is not
     * clearly accepted is not.
     *
     * @param accepted the value of {@code Accept-Encoding}; null if it was not sent
     */
    static boolean acceptsGzip(@Nullable String accepted) {
        if (accepted == null) {
            return false;
        }
        double gzip = NOT_LISTED;
        double identity = NOT_LISTED;
        double any = NOT_LISTED;
        for (String element : accepted.split(",", -1)) {
            int semicolon = element.indexOf(';');
            String coding = (semicolon < 0 ? element : element.substring(0, semicolon))
                    .strip()
                    .toLowerCase(Locale.ROOT);
            double weight = semicolon < 0 ? 1 : weight(element.substring(semicolon + 1));
            switch (coding) {
                case "gzip", "x-gzip" -> gzip = Math.max(gzip, weight); // RFC 9110, 8.4.1.3
                case "identity" -> identity = weight;
                case "*" -> any = weight;
                default -> {} // nothing that could be sent
            }
        }
        double wanted = gzip == NOT_LISTED ? any : gzip;
        return wanted > 0 && wanted >= identity;
    }

    /** The weight that parameters give; 0 where they are none. */
    private static double weight(String parameters) {
        String parameter = parameters.strip();
        if (!parameter.startsWith("q=") && !parameter.startsWith("Q=")) {
            return 0;
        }
        String value = parameter.substring(2);
        return WEIGHT.matcher(value).matches() ? Double.parseDouble(value) : 0;
    }

    private static byte[] gzip(byte[] body) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 8);
        try (OutputStream out = new Fast(compressed)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing is written but memory
        }
        return compressed.toByteArray();
    }

    private static final class Fast extends GZIPOutputStream {
        Fast(OutputStream out) throws IOException {
            super(out, 16 * 1024);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
