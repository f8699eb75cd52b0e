package dev.holdfast.fallback;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;

/**
 * A name for each object, as long as it lives. By identity: what an application's own class takes for equal may still
 * differ in the certificate that it shows. Thread-safe.
 */
final class IdentityKeys {
    private final Map<Named, String> names = new HashMap<>();
    private final ReferenceQueue<Object> gone = new ReferenceQueue<>();
    private long given;

    /** The same for the same object, and for no other, ever. */
    synchronized String of(Object object) {
        for (Reference<?> one = gone.poll(); one != null; one = gone.poll()) {
            names.remove(one);
        }
        return names.computeIfAbsent(new Named(object, gone), n -> Long.toString(++given));
    }

    private static final class Named extends WeakReference<Object> {
        private final int hash;

        Named(Object object, ReferenceQueue<Object> gone) {
            super(object, gone);
            hash = System.identityHashCode(object);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            Object object = get();
            return this == other || (other instanceof Named named && object != null && object == named.get());
        }
    }
}
