/** Tests of several JVMs with one store. */
package dev.holdfast.fleet;
