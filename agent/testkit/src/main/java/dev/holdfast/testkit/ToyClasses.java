package dev.holdfast.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;

/** Class files that say no more than who they are and what they use, and archives of them. */
public final class ToyClasses {
    private static final String OBJECT = "java/lang/Object";

    private ToyClasses() {}

    /** A class that can be made, and does nothing. */
    public static byte[] named(String name) {
        return writer(name).toByteArray();
    }

    /** A class that never runs, and names a method of another. */
    public static byte[] using(String name, String owner, String method, String descriptor) {
        ClassWriter writer = writer(name);
        // Constants of two places before those that matter.
        writer.newConst(42L);
        writer.newConst(0.5);
        MethodVisitor code = writer.visitMethod(Opcodes.ACC_STATIC | Opcodes.ACC_NATIVE, "unused", "()V", null, null);
        code.visitEnd();
        writer.newMethod(owner.replace('.', '/'), method, descriptor, false);
        writer.visitEnd();
        return writer.toByteArray();
    }

    private static ClassWriter writer(String name) {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name.replace('.', '/'), null, OBJECT, null);
        MethodVisitor made = writer.visitMethod(Opcodes.ACC_PUBLIC, "<init>", "()V", null, null);
        made.visitCode();
        made.visitVarInsn(Opcodes.ALOAD, 0);
        made.visitMethodInsn(Opcodes.INVOKESPECIAL, OBJECT, "<init>", "()V", false);
        made.visitInsn(Opcodes.RETURN);
        made.visitMaxs(0, 0);
        made.visitEnd();
        return writer;
    }

    /** Returns the path of a class in an archive. */
    public static String path(String className) {
        return className.replace('.', '/') + ".class";
    }

    /** An archive of these entries, in their order. */
    public static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A loader that has one class and loads it. */
    public static Class<?> load(String className) {
        return new ClassLoader(null) {
            Class<?> define() {
                byte[] bytes = named(className);
                return defineClass(className, bytes, 0, bytes.length);
            }
        }.define();
    }
}
