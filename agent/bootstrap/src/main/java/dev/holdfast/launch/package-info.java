/**
 * The only classes that the application's loader can see. Compiled for Java 8, so that an old Java can load them and be
 * told that it is too old; they import nothing of the rest.
 *
 * <p>Null-marked by an option of the compiler in the build: the annotation for it speaks of modules, which Java 8
 * lacks.
 */
package dev.holdfast.launch;
