export { handleFailures } from "./failure-page.ts";
export { createSignInRouter } from "./sign-in-router.ts";
export { createStepsRouter } from "./steps-router.ts";
export { createTestLoginRouter } from "./test-login-router.ts";
