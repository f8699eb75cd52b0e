/** Tests of the HTTP endpoint for operators. */
package dev.holdfast.admin;
