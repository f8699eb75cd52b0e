package dev.holdfast.weave;

import dev.holdfast.instrumentation.JoinPoint;
import dev.holdfast.instrumentation.JoinPoint.Access;
import dev.holdfast.instrumentation.JoinPoint.Kind;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/**
 * A method that has a join point, or may have. One class for all kinds of them: each class more would have to be loaded
 * in a program's first HTTP call.
 */
final class WovenMethod extends MethodVisitor {
    private static final String BRIDGE = "sun/net/www/HoldfastBridge";
    private static final String OBJECT = "Ljava/lang/Object;";
    private static final String INTEGER = "java/lang/Integer";
    private static final String ENTER = "(" + OBJECT + OBJECT + OBJECT + OBJECT + "II)" + OBJECT;
    private static final String GUARD = "(" + OBJECT + "II)Z";
    private static final String RESULT = "(" + OBJECT + OBJECT + OBJECT + "II)" + OBJECT;
    private static final String OBSERVE = "(" + OBJECT + OBJECT + OBJECT + "III)V";

    /** The end of the descriptor: client and join point, which an instruction in a library is linked for. */
    private static final String NUMBERS = "II)";

    private static final int ENTER_ARGUMENTS = 3;
    private static final int RESULT_ARGUMENTS = 2;

    private final ClassWeaver weaver;
    private final JoinPoint point;
    private final Kind kind;
    private final String descriptor;
    private final boolean isStatic;
    private boolean hasEarlier;

    WovenMethod(ClassWeaver weaver, MethodVisitor next, JoinPoint point, String descriptor, boolean isStatic) {
        super(Opcodes.ASM9, next);
        this.isStatic = isStatic;
        this.weaver = weaver;
        this.point = point;
        this.kind = point.kind();
        this.descriptor = descriptor;
        this.hasEarlier = point.earlier() == null;
    }

    @Override
    public void visitCode() {
        super.visitCode();
        if (kind == Kind.ENTER) {
            enter();
        } else if (kind == Kind.GUARD) {
            guard();
        } else if (kind == Kind.ARGUMENT) {
            argument();
        }
    }

    private void argument() {
        weaver.found(point);
        super.visitVarInsn(Opcodes.ALOAD, 1);
        super.visitVarInsn(Opcodes.ALOAD, 0);
        super.visitInsn(Opcodes.ACONST_NULL);
        call("result", RESULT);
        super.visitTypeInsn(Opcodes.CHECKCAST, Type.getArgumentTypes(descriptor)[0].getInternalName());
        super.visitVarInsn(Opcodes.ASTORE, 1);
    }

    private void enter() {
        weaver.found(point);
        super.visitVarInsn(Opcodes.ALOAD, 0);
        loadArguments(ENTER_ARGUMENTS);
        call("enter", ENTER);
        Label original = new Label();
        super.visitInsn(Opcodes.DUP);
        super.visitJumpInsn(Opcodes.IFNULL, original);
        cast(descriptor);
        super.visitInsn(Opcodes.ARETURN);
        super.visitLabel(original);
        if (weaver.hasFrames()) {
            super.visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {"java/lang/Object"});
        }
        super.visitInsn(Opcodes.POP);
    }

    private void guard() {
        weaver.found(point);
        super.visitVarInsn(Opcodes.ALOAD, 0);
        call("guard", GUARD);
        Label original = new Label();
        super.visitJumpInsn(Opcodes.IFEQ, original);
        super.visitInsn(Opcodes.RETURN);
        super.visitLabel(original);
        super.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
    }

    /** All of them references. */
    private void loadArguments(int wanted) {
        int given = Type.getArgumentCount(descriptor);
        for (int i = 1; i <= wanted; i++) {
            if (i <= given) {
                super.visitVarInsn(Opcodes.ALOAD, i);
            } else {
                super.visitInsn(Opcodes.ACONST_NULL);
            }
        }
    }

    @Override
    public void visitInsn(int opcode) {
        if (kind == Kind.RESULT && opcode == Opcodes.ARETURN) {
            result();
            cast(descriptor);
        } else if (kind == Kind.RESULT && opcode == Opcodes.IRETURN) {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, INTEGER, "valueOf", "(I)L" + INTEGER + ';', false);
            result();
            super.visitTypeInsn(Opcodes.CHECKCAST, INTEGER);
            super.visitMethodInsn(Opcodes.INVOKEVIRTUAL, INTEGER, "intValue", "()I", false);
        } else if (kind == Kind.EXIT && opcode == Opcodes.RETURN) {
            weaver.found(point);
            super.visitVarInsn(Opcodes.ALOAD, 0);
            super.visitInsn(Opcodes.ACONST_NULL);
            super.visitInsn(Opcodes.ACONST_NULL);
            super.visitInsn(Opcodes.ICONST_0);
            call("observe", OBSERVE);
        }
        super.visitInsn(opcode);
    }

    private void result() {
        weaver.found(point);
        if (Type.getArgumentCount(descriptor) == 0) {
            super.visitVarInsn(Opcodes.ALOAD, 0);
            super.visitInsn(Opcodes.ACONST_NULL);
        } else {
            loadArguments(RESULT_ARGUMENTS);
        }
        call("result", RESULT);
    }

    @Override
    public void visitMethodInsn(int opcode, String owner, String name, String called, boolean isInterface) {
        Access earlier = point.earlier();
        Access call = point.call();
        boolean found = hasEarlier && call != null && call.matches(owner, name, called);
        if (found && kind == Kind.UNLESS && isStatic && called.startsWith("()")) {
            found = false; // there is no object whose method it is
        }
        if (found && kind == Kind.BEFORE) {
            observe();
        } else if (found && kind == Kind.UNLESS) {
            weaver.found(point);
            boolean hasArguments = !called.startsWith("()");
            if (!hasArguments) {
                super.visitVarInsn(Opcodes.ALOAD, 0);
            }
            String caller = hasArguments ? "" : 'L' + point.owner() + ';';
            boolean hasOne = Type.getArgumentTypes(called).length == 1;
            link(
                    (hasOne ? LibraryLinker.SKIP_ONE : LibraryLinker.SKIP) + name,
                    called.replace("(", "(L" + owner + ';' + caller));
            return;
        }
        if (found && kind == Kind.CALL_RESULT && !isStatic && called.startsWith("()")) {
            super.visitInsn(Opcodes.DUP); // the object that is called
        }
        super.visitMethodInsn(opcode, owner, name, called, isInterface);
        if (found && kind == Kind.AFTER) {
            observe();
        } else if (found && kind == Kind.CALL_RESULT) {
            weaver.found(point);
            callers(called);
            call("result", RESULT);
            cast(called);
        } else if (earlier != null && earlier.matches(owner, name, called)) {
            hasEarlier = true;
        }
    }

    /**
     * Loads the object whose method this is and, below the call's result if the call has no arguments, the object that
     * was called.
     */
    private void callers(String called) {
        boolean hasCallee = !isStatic && called.startsWith("()");
        if (hasCallee) {
            super.visitInsn(Opcodes.SWAP);
        }
        if (isStatic) {
            super.visitInsn(Opcodes.ACONST_NULL);
        } else {
            super.visitVarInsn(Opcodes.ALOAD, 0);
        }
        if (hasCallee) {
            super.visitInsn(Opcodes.SWAP);
        } else {
            super.visitInsn(Opcodes.ACONST_NULL);
        }
    }

    private void observe() {
        weaver.found(point);
        super.visitInsn(Opcodes.DUP);
        if (weaver.library() != null && weaver.isOld()) {
            super.visitVarInsn(Opcodes.ALOAD, 0);
            super.visitInsn(Opcodes.SWAP);
            super.visitInsn(Opcodes.ACONST_NULL);
            super.visitInsn(Opcodes.ACONST_NULL);
            LibraryLink.enter(mv, point.owner(), point.id());
            super.visitInsn(Opcodes.POP);
            return;
        }
        int objects = 0;
        Access number = null;
        for (Access operand : point.operands()) {
            if (operand.isCall()) {
                number = operand;
            } else {
                load(operand);
                objects++;
            }
        }
        for (; objects < RESULT_ARGUMENTS; objects++) {
            super.visitInsn(Opcodes.ACONST_NULL);
        }
        loadNumber(number);
        call("observe", OBSERVE);
    }

    private void load(Access operand) {
        if (operand.isField()) {
            super.visitVarInsn(Opcodes.ALOAD, 0);
            super.visitFieldInsn(Opcodes.GETFIELD, operand.owner(), operand.name(), operand.descriptor());
        } else {
            super.visitLdcInsn(
                    new Handle(Opcodes.H_GETFIELD, operand.owner(), operand.name(), operand.descriptor(), false));
        }
    }

    private void loadNumber(@Nullable Access number) {
        if (number == null) {
            super.visitInsn(Opcodes.ICONST_0);
        } else {
            super.visitVarInsn(Opcodes.ALOAD, 1);
            super.visitMethodInsn(Opcodes.INVOKEVIRTUAL, number.owner(), number.name(), number.descriptor(), false);
        }
    }

    private void call(String hook, String hookDescriptor) {
        if (weaver.library() != null && weaver.isOld()) {
            LibraryLink.enter(mv, point.owner(), point.id());
            return;
        }
        if (weaver.library() != null) {
            link(hook, hookDescriptor.replace(NUMBERS, ")"));
            return;
        }
        super.visitIntInsn(Opcodes.SIPUSH, weaver.client());
        super.visitIntInsn(Opcodes.SIPUSH, point.id());
        super.visitMethodInsn(Opcodes.INVOKESTATIC, BRIDGE, hook, hookDescriptor, false);
    }

    private void link(String hook, String linkedDescriptor) {
        super.visitInvokeDynamicInsn(
                hook, linkedDescriptor, LibraryLink.bootstrap(), weaver.library(), weaver.root(), point.id());
    }

    private void cast(String ofResult) {
        super.visitTypeInsn(Opcodes.CHECKCAST, Type.getReturnType(ofResult).getInternalName());
    }
}
