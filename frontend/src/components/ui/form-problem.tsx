/** Why the form was refused, where the eye is after pressing its button. */
export function FormProblem({ text }: { text: string | null }) {
  if (!text) return null;
  return (
    <p
      role="alert"
      data-testid="form-problem"
      className="rounded-lg bg-danger-soft px-3 py-2 text-sm font-medium text-danger"
    >
      {text}
    </p>
  );
}
