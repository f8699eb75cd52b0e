package dev.holdfast.fallback;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Under what an answer is kept: a digest of the method, the URI and everything that says who asks. A digest, so that neither
 * memory nor the names of files hold a credential, and so that a key has one size whatever the URI's.
 */
final class CacheKey {
    private CacheKey() {}

    /**
     * The key of a request.
     *
     * @param request whose identity is known
     * @param keyHeaders the headers, in lower case, that tell users apart besides those whose names say so
     * @return SHA-256 in hexadecimal digits
     */
    static String of(Request request, Set<String> keyHeaders) {
        MessageDigest digest = sha256();
        add(digest, request.method());
        URI uri = request.uri();
        String text = uri.toString();
        String fragment = uri.getRawFragment();
        add(digest, fragment == null ? text : text.substring(0, text.length() - fragment.length() - 1));
        Request.Identity identity = request.identity();
        add(digest, identity == null ? "?" : identity.text());
        // In the order of their names, as the request holds them.
        for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
            if (Credentials.isOne(header.getKey()) || keyHeaders.contains(header.getKey())) {
                add(digest, header.getKey());
                add(digest, Integer.toString(header.getValue().size()));
                for (String value : header.getValue()) {
                    add(digest, value);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A digest of a header's values. */
    static String ofValues(List<String> values) {
        MessageDigest digest = sha256();
        for (String value : values) {
            add(digest, value);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** With its length before it, so that no two sequences of texts give the same bytes. */
    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((byte) (bytes.length >>> 24));
        digest.update((byte) (bytes.length >>> 16));
        digest.update((byte) (bytes.length >>> 8));
        digest.update((byte) bytes.length);
        digest.update(bytes);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
