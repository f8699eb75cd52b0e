package dev.holdfast.fallback;

import dev.holdfast.policy.CachePolicy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The key of a kept response: a digest of the method, the URI, the caller's identity, and every header of the request
 * that is not known to be harmless ({@link HarmlessHeaders}). A digest, so that neither memory nor the names of files
 * hold a credential, and so that a key has one size whatever the URI's.
 */
final class CacheKey {
    /** Never fed. */
    private static final MessageDigest SHA_256 = newSha256();

    private CacheKey() {}

    /**
     * The key of a request.
     *
     * @param request whose identity is known
     * @param policy which headers count, besides the rule
     * @return SHA-256 in hexadecimal digits
     */
    static String of(FallbackRequest request, CachePolicy policy) {
        StringBuilder text = new StringBuilder(256);
        add(text, request.method());
        add(text, request.address().text());
        FallbackRequest.Identity identity = request.identity();
        add(text, identity == null ? "?" : identity.text());
        // In the order of their names, as the request holds them.
        for (Map.Entry<String, List<String>> header : request.headers().entrySet()) {
            if (!HarmlessHeaders.ignores(header.getKey(), policy)) {
                add(text, header.getKey());
                text.append(header.getValue().size()).append(' ');
                for (String value : header.getValue()) {
                    add(text, value);
                }
            }
        }
        return digest(text);
    }

    /** A digest of a header's values. */
    static String ofValues(List<String> values) {
        StringBuilder text = new StringBuilder();
        for (String value : values) {
            add(text, value);
        }
        return digest(text);
    }

    /** With its length before it, so that no two sequences of texts give the same text. */
    private static void add(StringBuilder text, String more) {
        text.append(more.length()).append(' ').append(more);
    }

    private static String digest(StringBuilder text) {
        return HexFormat.of().formatHex(sha256().digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    /** A new digest: a copy, since to look for the algorithm's provider takes longer than to digest a key. */
    static MessageDigest sha256() {
        try {
            return (MessageDigest) SHA_256.clone();
        } catch (CloneNotSupportedException e) {
            return newSha256();
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
