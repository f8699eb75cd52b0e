package dev.holdfast.weave;

import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;

/**
 * The class {@code java.net.HoldfastLinker}, by which the woven classes of libraries reach the bridge. Class loaders of
 * applications do not see the bridge's package, and must not; a class in an exported {@code java} package is seen by
 * all of them. It has two methods, which hand on to those of the bridge and give nobody more than he has already:
 * {@code link} wants the look-up of the class that asks, and {@code enter}, for class files that are too old for an
 * instruction to be linked, an object of the woven class, whose method anybody who has it can call. That serves the
 * heads of methods, and what is observed within one: its only argument then is what is handed over.
 */
final class LibraryLink {
    static final String PACKAGE = "java.net";

    private static final String NAME = "java/net/HoldfastLinker";
    private static final String BRIDGE = "sun/net/www/HoldfastBridge";
    private static final String LINK = "link";
    private static final String LINK_DESCRIPTOR = "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;"
            + "Ljava/lang/invoke/MethodType;Ljava/lang/String;Ljava/lang/String;I)Ljava/lang/invoke/CallSite;";

    /**
     * The constants of an instruction as objects, which is as the JDK hands them over: to convert them itself, it would
     * make and load classes when the first instruction is linked.
     */
    private static final String BOOTSTRAP_DESCRIPTOR = "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;"
            + "Ljava/lang/invoke/MethodType;Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;)"
            + "Ljava/lang/invoke/CallSite;";

    private static final String ENTER = "enter";
    private static final String ENTER_DESCRIPTOR =
            "(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Class;I)"
                    + "Ljava/lang/Object;";

    private static final int OBJECTS = 5;

    /** The first of them, which the JDK gives: the look-up, the name and the type. */
    private static final int LINK_OBJECTS = 3;

    private LibraryLink() {}

    /** Returns the method that links an instruction of a woven method. */
    static Handle bootstrap() {
        return new Handle(Opcodes.H_INVOKESTATIC, NAME, LINK, BOOTSTRAP_DESCRIPTOR, false);
    }

    /**
     * Calls {@code enter}; on the stack are {@code this} and three arguments.
     *
     * @param woven the class whose method it is, with slashes
     */
    static void enter(MethodVisitor method, String woven, int joinPoint) {
        method.visitLdcInsn(Type.getObjectType(woven));
        method.visitIntInsn(Opcodes.SIPUSH, joinPoint);
        method.visitMethodInsn(Opcodes.INVOKESTATIC, NAME, ENTER, ENTER_DESCRIPTOR, false);
    }

    /**
     * Makes sure that the class is seen: in a woven class that cannot be linked, the method itself would fail.
     *
     * @throws ClassNotFoundException if the loader hides it
     */
    static void checkVisible(ClassLoader loader) throws ClassNotFoundException {
        Class<?> unused = Class.forName(NAME.replace('/', '.'), false, loader);
    }

    /** The class file. Written here, as it is in another package than the classes that are packed for java.base. */
    static byte[] classfile() {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(
                Opcodes.V17,
                Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER,
                NAME,
                null,
                "java/lang/Object",
                null);
        link(writer);
        enter(writer);
        writer.visitEnd();
        return writer.toByteArray();
    }

    private static void link(ClassWriter writer) {
        MethodVisitor method = method(writer, LINK, BOOTSTRAP_DESCRIPTOR);
        for (int i = 0; i < LINK_OBJECTS; i++) {
            method.visitVarInsn(Opcodes.ALOAD, i);
        }
        for (int i = LINK_OBJECTS; i < OBJECTS; i++) {
            method.visitVarInsn(Opcodes.ALOAD, i);
            method.visitTypeInsn(Opcodes.CHECKCAST, "java/lang/String");
        }
        method.visitVarInsn(Opcodes.ALOAD, OBJECTS);
        method.visitTypeInsn(Opcodes.CHECKCAST, "java/lang/Integer");
        method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, "java/lang/Integer", "intValue", "()I", false);
        handOn(method, LINK, LINK_DESCRIPTOR);
    }

    private static void enter(ClassWriter writer) {
        MethodVisitor method = method(writer, ENTER, ENTER_DESCRIPTOR);
        for (int i = 0; i < OBJECTS; i++) {
            method.visitVarInsn(Opcodes.ALOAD, i);
        }
        method.visitVarInsn(Opcodes.ILOAD, OBJECTS);
        handOn(method, "enterLibrary", ENTER_DESCRIPTOR);
    }

    private static MethodVisitor method(ClassWriter writer, String name, String descriptor) {
        MethodVisitor method =
                writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, name, descriptor, null, null);
        method.visitCode();
        return method;
    }

    /** Hands on to the bridge's method, which takes five objects and a number, as both methods do. */
    private static void handOn(MethodVisitor method, String bridge, String descriptor) {
        method.visitMethodInsn(Opcodes.INVOKESTATIC, BRIDGE, bridge, descriptor, false);
        method.visitInsn(Opcodes.ARETURN);
        method.visitMaxs(OBJECTS + 1, OBJECTS + 1);
        method.visitEnd();
    }
}
