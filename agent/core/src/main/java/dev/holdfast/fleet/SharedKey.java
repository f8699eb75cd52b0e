package dev.holdfast.fleet;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Names and encrypts what is kept in the store, under keys that are derived from the file's (HKDF with SHA-256, RFC
 * 5869). A name is a keyed hash, so that whoever can read the store cannot even try out which address was called; a
 * value is AES-256-GCM, bound to its name, so that values cannot be exchanged.
 *
 * <p>Each value has a key of its own, derived with 16 random bytes: one key for all would have to be changed after some
 * billions of values, as the random nonces of GCM begin to repeat then (NIST SP 800-38D, section 8.3). Thread-safe.
 */
public final class SharedKey {
    private static final byte VERSION = 1;
    private static final int SALT_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int HEAD_BYTES = 1 + SALT_BYTES + NONCE_BYTES;
    private static final String HMAC = "HmacSHA256";

    private final SecureRandom random = new SecureRandom();
    private final byte[] forNames;
    private final byte[] forValues;

    /**
     * Derives the keys.
     *
     * @param secret the text of the file, of as much entropy as a key has
     */
    public SharedKey(String secret) {
        byte[] extracted = hmac(ascii("holdfast shared store"), secret.getBytes(StandardCharsets.UTF_8));
        forNames = hmac(extracted, ascii("names\u0001"));
        forValues = hmac(extracted, ascii("values\u0001"));
    }

    /** Returns the name under which something is kept: the same in each JVM that has the same key. */
    public String name(String text) {
        byte[] hash = hmac(forNames, text.getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    /** Returns a name for what instances share without a key; who guesses the text can recognize it. */
    static String plainName(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    /**
     * Encrypts a value.
     *
     * @param name the name that it is kept under
     */
    public byte[] seal(String name, byte[] value) {
        byte[] head = new byte[HEAD_BYTES];
        random.nextBytes(head);
        head[0] = VERSION;
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, name, head);
            byte[] sealed = Arrays.copyOf(head, HEAD_BYTES + value.length + TAG_BYTES);
            int written = cipher.doFinal(value, 0, value.length, sealed, HEAD_BYTES);
            return written == value.length + TAG_BYTES ? sealed : Arrays.copyOf(sealed, HEAD_BYTES + written);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    /**
     * Decrypts a value.
     *
     * @param name the name that it was found under
     * @return null: it was not encrypted with this key and for this name, or was changed since
     */
    public byte @Nullable [] open(String name, byte[] sealed) {
        if (sealed.length < HEAD_BYTES + TAG_BYTES || sealed[0] != VERSION) {
            return null;
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, name, sealed).doFinal(sealed, HEAD_BYTES, sealed.length - HEAD_BYTES);
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private Cipher cipher(int mode, String name, byte[] head) throws GeneralSecurityException {
        byte[] key = hmac(forValues, Arrays.copyOf(head, 1 + SALT_BYTES));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        GCMParameterSpec nonce = new GCMParameterSpec(TAG_BYTES * Byte.SIZE, head, 1 + SALT_BYTES, NONCE_BYTES);
        cipher.init(mode, new SecretKeySpec(key, "AES"), nonce);
        cipher.updateAAD(name.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hmac(byte[] key, byte[] text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
