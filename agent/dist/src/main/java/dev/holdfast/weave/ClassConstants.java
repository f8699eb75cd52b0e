package dev.holdfast.weave;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The constant pool of a class file (Java Virtual Machine Specification, 4.4): all names that the class uses of others
 * stand there, and nowhere else. So it tells what an adapter needs of a library, and to exchange names in it is to
 * relocate the class. Immutable.
 *
 * <p>Reads the bytes in place and makes a text only of what is asked for: all of an adapter's classes are looked at in
 * the middle of a program's first call, by code that is not compiled yet.
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

    /** The place of the number of constants; behind it stands the first of them. */
    private static final int COUNT = 8;

    /** The bytes of a constant's tag and of one number. */
    private static final int HEAD = 3;

    /** Behind the constants: access flags, the class itself, then its superclass and the number of its interfaces. */
    private static final int SUPERCLASS = 4;

    /** The number of bytes of a constant behind its tag, by its tag; -1: there is none of that tag. */
    private static final int[] BYTES = {-1, 0, -1, 4, 4, 8, 8, 2, 2, 4, 4, 4, 4, -1, -1, 3, 2, 4, 4, 2, 2};

    /** Stands in a decoded text for what cannot be decoded. */
    private static final char REPLACEMENT = '\uFFFD';

    private final byte[] classfile;

    /** The places at which the constants begin, with their tags; 0: the second place of a long constant. */
    private final int[] places;

    private final int end;

    /**
     * Reads a class file.
     *
     * @throws IOException if it is damaged, or has constants of a kind that is not known
     */
    ClassConstants(byte[] classfile) throws IOException {
        this.classfile = classfile;
        try {
            places = new int[half(COUNT)];
            int at = COUNT + 2;
            for (int i = 1; i < places.length; i++) {
                int tag = classfile[at];
                if (tag < 0 || tag >= BYTES.length || BYTES[tag] < 0) {
                    throw new IOException("a constant has the unknown tag " + tag);
                }
                places[i] = at;
                at += 1 + (tag == UTF8 ? 2 + half(at + 1) : BYTES[tag]);
                if (tag == LONG || tag == DOUBLE) {
                    i++; // such a constant takes two places
                }
            }
            end = at;
            if (end + SUPERCLASS + 2 > classfile.length) {
                throw new IOException("the constants are cut short");
            }
        } catch (IndexOutOfBoundsException e) {
            throw new IOException("the constants are cut short", e);
        }
    }

    /**
     * Returns the names of the classes that are named, with slashes; of an array, that of its elements.
     *
     * @param packages only classes below one of these, with slashes and one at the end
     */
    List<String> classes(List<String> packages) {
        List<String> classes = new ArrayList<>();
        for (int place : places) {
            if (place != 0 && classfile[place] == CLASS) {
                int text = places[half(place + 1)];
                int elements = elements(text);
                if (isBelow(text, elements, packages)) {
                    String name = text(text).substring(elements);
                    classes.add(elements == 0 ? name : name.substring(0, name.length() - 1));
                }
            }
        }
        return classes;
    }

    /** The number of characters before the name of a class: brackets and an L, if it is an array. */
    private int elements(int text) {
        int brackets = 0;
        while (brackets < half(text + 1) && classfile[text + HEAD + brackets] == '[') {
            brackets++;
        }
        return brackets == 0 ? 0 : brackets + 1;
    }

    /**
     * Returns the fields and methods that are named.
     *
     * @param packages only those of classes below one of these, with slashes and one at the end
     */
    List<Member> members(List<String> packages) {
        List<Member> members = new ArrayList<>();
        for (int place : places) {
            int tag = place == 0 ? 0 : classfile[place];
            if (tag == FIELD || tag == METHOD || tag == INTERFACE_METHOD) {
                int owner = places[half(places[half(place + 1)] + 1)];
                if (isBelow(owner, 0, packages)) {
                    int nameAndType = places[half(place + HEAD)];
                    members.add(new Member(
                            tag == FIELD,
                            text(owner),
                            text(places[half(nameAndType + 1)]),
                            text(places[half(nameAndType + HEAD)])));
                }
            }
        }
        return members;
    }

    /**
     * Returns whether the class extends a class, or implements an interface.
     *
     * @param packages below one of these, with slashes and one at the end
     */
    boolean inherits(List<String> packages) {
        int superclass = half(end + SUPERCLASS);
        if (superclass != 0 && isBelow(places[half(places[superclass] + 1)], 0, packages)) {
            return true;
        }
        int interfaces = end + SUPERCLASS + 2;
        for (int i = 1; i <= half(interfaces); i++) {
            if (isBelow(places[half(places[half(interfaces + 2 * i)] + 1)], 0, packages)) {
                return true;
            }
        }
        return false;
    }

    private boolean isBelow(int text, int from, List<String> packages) {
        int begin = text + HEAD + from;
        int length = half(text + 1) - from;
        for (int i = 0; i < packages.size(); i++) {
            String wanted = packages.get(i);
            int same = 0;
            while (same < wanted.length() && same < length && classfile[begin + same] == wanted.charAt(same)) {
                same++;
            }
            if (same == wanted.length()) {
                return true;
            }
        }
        return false;
    }

    /** The class file with each text of the constant pool mapped: the names of classes, descriptors and strings. */
    byte[] mapped(UnaryOperator<String> map) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        int copied = 0;
        for (int place : places) {
            if (place != 0 && classfile[place] == UTF8) {
                out.write(classfile, copied, place + 1 - copied);
                out.writeUTF(map.apply(text(place)));
                copied = place + HEAD + half(place + 1);
            }
        }
        out.write(classfile, copied, classfile.length - copied);
        return bytes.toByteArray();
    }

    private int half(int at) {
        return ((classfile[at] & 0xff) << 8) | (classfile[at + 1] & 0xff);
    }

    private String text(int place) {
        if (classfile[place] != UTF8) {
            throw new IllegalArgumentException("the constant at " + place + " is no text");
        }
        String text = new String(classfile, place + HEAD, half(place + 1), StandardCharsets.UTF_8);
        // The modified UTF-8 of class files is another encoding for few characters, none of which is valid UTF-8.
        return text.indexOf(REPLACEMENT) < 0 ? text : modified(place);
    }

    private String modified(int place) {
        try {
            return new DataInputStream(new ByteArrayInputStream(classfile, place + 1, end - place - 1)).readUTF();
        } catch (IOException e) {
            throw new IllegalArgumentException("the constant at " + place + " is no text", e);
        }
    }
}
