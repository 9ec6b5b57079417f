/** Applications: the only writer of the OpenID Connect clients that people sign in to. */
export {
  type ApplicationSettings,
  createApplication,
  deleteApplication,
  rotateClientSecret,
  updateApplication,
} from "./write.ts";
