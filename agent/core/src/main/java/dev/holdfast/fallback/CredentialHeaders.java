package dev.holdfast.fallback;

import java.util.List;
import java.util.Locale;

/**
 * The request headers that identify the caller. Recognised by name, and rather one too many: a header taken for a
 * credential costs a hit of the cache, one not taken for it would give one user's answer to another.
 */
public final class CredentialHeaders {
    private static final List<String> WORDS = List.of(
            "auth",
            "cookie",
            "token",
            "key",
            "secret",
            "session",
            "credential",
            "passw",
            "user",
            "tenant",
            "account",
            "customer",
            "jwt",
            "cert",
            "identity",
            "assertion",
            "signature",
            "forwarded");

    private CredentialHeaders() {}

    /** Returns whether a header, by its name, may tell users apart. */
    public static boolean isOne(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals("user-agent") || lower.equals("idempotency-key")) {
            return false;
        }
        for (String word : WORDS) {
            if (lower.contains(word)) {
                return true;
            }
        }
        return false;
    }
}
