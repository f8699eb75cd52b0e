package dev.holdfast.fallback;

import dev.holdfast.call.Privileges;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.AccessControlContext;
import java.security.AccessController;
import java.security.Principal;
import javax.security.auth.Subject;
import javax.security.auth.kerberos.KerberosPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * The subject that the calling thread acts as: with {@code Negotiate} or {@code Kerberos} the JDK's client
 * authenticates with its credentials, and shows nothing of that.
 */
final class CurrentSubject {
    /** {@code Subject.current()}, since 18; null: there is only the access control context. */
    private static final @Nullable MethodHandle CURRENT = find();

    private CurrentSubject() {}

    private static @Nullable MethodHandle find() {
        try {
            return MethodHandles.publicLookup()
                    .findStatic(Subject.class, "current", MethodType.methodType(Subject.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    /**
     * Describes it: the same text for the same subject with the same Kerberos principals, and for no other in this JVM;
     * empty: there is none.
     */
    static String describe(FallbackStrategies fallbackStrategies) {
        Subject subject = current();
        if (subject == null) {
            return "";
        }
        StringBuilder text = new StringBuilder(fallbackStrategies.nameOf(subject));
        for (Principal principal : subject.getPrincipals()) {
            // No method of an application's class is called.
            if (principal instanceof KerberosPrincipal kerberos && principal.getClass() == KerberosPrincipal.class) {
                text.append(' ').append(kerberos.getName());
            }
        }
        return text.toString();
    }

    private static @Nullable Subject current() {
        try {
            return CURRENT == null ? Before18.current() : (Subject) CURRENT.invokeExact();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e); // it declares none
        }
    }

    /** Apart, so that a Java without it does not come across it. */
    @SuppressWarnings("removal") // deprecated for removal since 17, and the only way there
    private static final class Before18 {
        private Before18() {}

        static @Nullable Subject current() {
            AccessControlContext here = AccessController.getContext();
            return Privileges.withOwnPrivileges(() -> Subject.getSubject(here));
        }
    }
}
