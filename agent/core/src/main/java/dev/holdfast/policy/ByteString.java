package dev.holdfast.policy;

import java.util.Arrays;

/** Bytes that are compared by what they are. Nobody changes them. */
public final class ByteString {
    /** The empty byte string. */
    public static final ByteString EMPTY = new ByteString(new byte[0]);

    private final byte[] bytes;

    private ByteString(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The bytes, which are not changed from now on. */
    public static ByteString owning(byte[] bytes) {
        return new ByteString(bytes);
    }

    /** Returns the number of bytes. */
    public int length() {
        return bytes.length;
    }

    /** The bytes themselves: not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ByteString byteString && Arrays.equals(bytes, byteString.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
