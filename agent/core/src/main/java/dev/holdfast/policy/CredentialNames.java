package dev.holdfast.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Says of a header's or query parameter's name how likely its value is a credential. No list of such names is ever
 * whole, so the answer has three values: what is certain can be left out of a request, and a request with what is
 * merely possible is better not sent to another origin, with or without it: one way it would leak, the other way it
 * would ask for something else.
 */
public final class CredentialNames {
    /** The likelihood that a value is a credential. */
    public enum Likelihood {
        /** Nothing speaks for it. */
        UNLIKELY,
        /** It may be one. */
        POSSIBLE,
        /** It is one. */
        CERTAIN
    }

    /** Parts of a name that say it wherever they stand; some names are written without anything between their words. */
    private static final List<String> TELLING = List.of(
            "secret",
            "passw",
            "passphrase",
            "passcode",
            "credential",
            "signature",
            "apikey",
            "accesskey",
            "privatekey",
            "authkey",
            "appkey",
            "clientkey",
            "subscriptionkey",
            "oauth",
            "authorization",
            "authentication",
            "sessionid",
            "sessid",
            "token",
            "bearer",
            "cookie");

    private static final Set<String> WORDS = Set.of(
            "auth", "authn", "authz", "cred", "creds", "hmac", "jwt", "otp", "psw", "pw", "pwd", "session", "sid",
            "sig", "totp");

    /** Words that name a credential in some APIs and select a resource in others. */
    private static final Set<String> DOUBTFUL_WORDS = Set.of(
            "access",
            "assertion",
            "cert",
            "certificate",
            "challenge",
            "code",
            "csrf",
            "hash",
            "invitation",
            "invite",
            "key",
            "keys",
            "licence",
            "license",
            "login",
            "mac",
            "magic",
            "mfa",
            "nonce",
            "pass",
            "pin",
            "private",
            "psk",
            "saml",
            "sign",
            "signed",
            "sso",
            "state",
            "ticket",
            "verifier",
            "xsrf");

    /** A token with one of these says where a listing goes on; without it, it would begin anew. */
    private static final Set<String> LISTING_WORDS =
            Set.of("continuation", "continue", "cursor", "next", "page", "previous", "resume", "skip", "sync");

    private CredentialNames() {}

    /**
     * Says how likely a value is a credential.
     *
     * @param name of the header or parameter, in any case and spelling
     */
    public static Likelihood of(String name) {
        List<String> words = words(name);
        String together = String.join("", words);
        for (String telling : TELLING) {
            if (together.contains(telling)) {
                return telling.equals("token") && isListing(words) ? Likelihood.POSSIBLE : Likelihood.CERTAIN;
            }
        }
        boolean doubtful = false;
        for (String word : words) {
            if (WORDS.contains(word)) {
                return Likelihood.CERTAIN;
            }
            doubtful |= DOUBTFUL_WORDS.contains(word);
        }
        return doubtful ? Likelihood.POSSIBLE : Likelihood.UNLIKELY;
    }

    private static boolean isListing(List<String> words) {
        for (String word : words) {
            if (LISTING_WORDS.contains(word)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The words of a name in lower case: {@code access_token}, {@code accessToken} and {@code Access-Token} have the
     * same.
     */
    private static List<String> words(String name) {
        List<String> words = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i <= name.length(); i++) {
            boolean end = i == name.length() || !Character.isLetterOrDigit(name.charAt(i));
            boolean next = !end && i > begin && beginsWord(name, i);
            if ((end || next) && i > begin) {
                words.add(name.substring(begin, i).toLowerCase(Locale.ROOT));
            }
            if (end) {
                begin = i + 1;
            } else if (next) {
                begin = i;
            }
        }
        return words;
    }

    /** Returns whether a letter begins a word by its case: as in {@code accessToken}, and in {@code SAMLRequest}. */
    private static boolean beginsWord(String name, int index) {
        return Character.isUpperCase(name.charAt(index))
                && (!Character.isUpperCase(name.charAt(index - 1))
                        || (index + 1 < name.length() && Character.isLowerCase(name.charAt(index + 1))));
    }
}
