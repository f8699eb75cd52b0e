package dev.holdfast.config;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * SHA-256 (FIPS 180-4). The JDK has it, behind {@code java.security}: whoever asks there first initialises the JVM's
 * security providers, which a program may want to configure in its {@code main} ({@code java.security.properties}), and
 * which takes far longer than to hash a file of a few kilobytes.
 */
final class Sha256 {
    private static final int BLOCK = 64;
    private static final int ROUNDS = 64;

    private static final int[] K = constants();

    private final int[] state = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
    };
    private final int[] schedule = new int[ROUNDS];

    private Sha256() {}

    /** Returns the SHA-256 of a text in UTF-8, as 64 hexadecimal digits. */
    static String hex(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // The padding: a 1, zeros, and the length in bits, up to a whole number of blocks.
        byte[] padded = Arrays.copyOf(bytes, (bytes.length + 8) / BLOCK * BLOCK + BLOCK);
        padded[bytes.length] = (byte) 0x80;
        long bits = 8L * bytes.length;
        for (int i = 0; i < 8; i++) {
            padded[padded.length - 1 - i] = (byte) (bits >>> (8 * i));
        }
        Sha256 hash = new Sha256();
        for (int at = 0; at < padded.length; at += BLOCK) {
            hash.add(padded, at);
        }
        StringBuilder hex = new StringBuilder();
        for (int word : hash.state) {
            for (int shift = 28; shift >= 0; shift -= 4) {
                hex.append(Character.forDigit((word >>> shift) & 15, 16));
            }
        }
        return hex.toString();
    }

    private void add(byte[] block, int at) {
        int[] w = schedule;
        for (int i = 0; i < ROUNDS; i++) {
            w[i] = i < 16
                    ? (block[at + 4 * i] << 24)
                            | ((block[at + 4 * i + 1] & 255) << 16)
                            | ((block[at + 4 * i + 2] & 255) << 8)
                            | (block[at + 4 * i + 3] & 255)
                    : w[i - 16] + small(w[i - 15], 7, 18, 3) + w[i - 7] + small(w[i - 2], 17, 19, 10);
        }
        int a = state[0];
        int b = state[1];
        int c = state[2];
        int d = state[3];
        int e = state[4];
        int f = state[5];
        int g = state[6];
        int h = state[7];
        for (int i = 0; i < ROUNDS; i++) {
            int one = h + large(e, 6, 11, 25) + ((e & f) ^ (~e & g)) + K[i] + w[i];
            int two = large(a, 2, 13, 22) + ((a & b) ^ (a & c) ^ (b & c));
            h = g;
            g = f;
            f = e;
            e = d + one;
            d = c;
            c = b;
            b = a;
            a = one + two;
        }
        int[] more = {a, b, c, d, e, f, g, h};
        for (int i = 0; i < more.length; i++) {
            state[i] += more[i];
        }
    }

    private static int small(int x, int rotate, int rotateToo, int shift) {
        return Integer.rotateRight(x, rotate) ^ Integer.rotateRight(x, rotateToo) ^ (x >>> shift);
    }

    private static int large(int x, int one, int two, int three) {
        return Integer.rotateRight(x, one) ^ Integer.rotateRight(x, two) ^ Integer.rotateRight(x, three);
    }

    /** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
    private static int[] constants() {
        int[] constants = new int[ROUNDS];
        int found = 0;
        for (int n = 2; found < ROUNDS; n++) {
            if (isPrime(n)) {
                constants[found++] = fraction(n);
            }
        }
        return constants;
    }

    private static boolean isPrime(int n) {
        for (int i = 2; i * i <= n; i++) {
            if (n % i == 0) {
                return false;
            }
        }
        return true;
    }

    /** A double has 53 bits, three of which are the integer part of the cube root of a number below 343. */
    private static int fraction(int n) {
        double root = Math.cbrt(n);
        return (int) (long) ((root - Math.floor(root)) * (1L << 32));
    }
}
