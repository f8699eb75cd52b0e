package dev.holdfast.weave;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The constant pool of a class file (Java Virtual Machine Specification, 4.4): all names that the class uses of others
 * stand there, and nowhere else. So it tells what an adapter needs of a library, and to exchange names in it is to
 * relocate the class. Immutable.
 */
final class ClassConstants {
    /** A field or method that a class names. */
    record Member(boolean field, String owner, String name, String descriptor) {
        @Override
        public String toString() {
            return (field ? "field " : "method ") + owner.replace('/', '.') + "." + name + (field ? "" : descriptor);
        }
    }

    private static final int UTF8 = 1;
    private static final int LONG = 5;
    private static final int DOUBLE = 6;
    private static final int CLASS = 7;
    private static final int FIELD = 9;
    private static final int METHOD = 10;
    private static final int INTERFACE_METHOD = 11;

    /** The number of bytes of a constant behind its tag, by its tag; -1: there is none of that tag. */
    private static final int[] BYTES = {-1, 0, -1, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, -1, -1, 3, 2, 4, 4, 2, 2};

    private final byte[] head;
    private final int[] tags;
    private final byte[][] raw;
    private final @Nullable String[] texts;
    private final byte[] rest;

    /**
     * Reads a class file.
     *
     * @throws IOException if it is damaged, or has constants of a kind that is not known
     */
    ClassConstants(byte[] classfile) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(classfile));
        head = in.readNBytes(8);
        int count = in.readUnsignedShort();
        tags = new int[count];
        raw = new byte[count][];
        texts = new String[count];
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            tags[i] = tag;
            if (tag >= BYTES.length || BYTES[tag] < 0) {
                throw new IOException("a constant has the unknown tag " + tag);
            }
            if (tag == UTF8) {
                texts[i] = in.readUTF();
            } else {
                raw[i] = in.readNBytes(BYTES[tag]);
            }
            if (tag == LONG || tag == DOUBLE) {
                i++; // such a constant takes two places
            }
        }
        rest = in.readAllBytes();
    }

    /** The names of all classes that are named, with slashes; of an array, that of its elements. */
    List<String> classes() {
        List<String> classes = new ArrayList<>();
        for (int i = 1; i < tags.length; i++) {
            if (tags[i] == CLASS) {
                String name = text(index(raw[i], 0));
                int elements = name.lastIndexOf('[') + 1;
                if (elements == 0) {
                    classes.add(name);
                } else if (name.charAt(elements) == 'L') {
                    classes.add(name.substring(elements + 1, name.length() - 1));
                }
            }
        }
        return classes;
    }

    /** All fields and methods that are named. */
    List<Member> members() {
        List<Member> members = new ArrayList<>();
        for (int i = 1; i < tags.length; i++) {
            if (tags[i] == FIELD || tags[i] == METHOD || tags[i] == INTERFACE_METHOD) {
                byte[] nameAndType = raw[index(raw[i], 2)];
                members.add(new Member(
                        tags[i] == FIELD,
                        text(index(raw[index(raw[i], 0)], 0)),
                        text(index(nameAndType, 0)),
                        text(index(nameAndType, 2))));
            }
        }
        return members;
    }

    /** The class file with each text of the constant pool mapped: the names of classes, descriptors and strings. */
    byte[] mapped(UnaryOperator<String> map) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(head);
        out.writeShort(tags.length);
        for (int i = 1; i < tags.length; i++) {
            if (tags[i] == 0) {
                continue; // the second place of a long constant
            }
            out.writeByte(tags[i]);
            String text = texts[i];
            if (text != null) {
                out.writeUTF(map.apply(text));
            } else {
                out.write(raw[i]);
            }
        }
        out.write(rest);
        return bytes.toByteArray();
    }

    private static int index(byte[] constant, int at) {
        return ((constant[at] & 0xff) << 8) | (constant[at + 1] & 0xff);
    }

    private String text(int index) {
        String text = texts[index];
        if (text == null) {
            throw new IllegalArgumentException("constant " + index + " is no text");
        }
        return text;
    }
}
