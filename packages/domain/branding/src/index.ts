/** Names and logos that people see: the only writer of logos, which are drawn anew from what was uploaded. */
export {
  type Brand,
  deleteLogo,
  type Logo,
  readBrand,
  readLogo,
  readLogoBytes,
  readOperatorBrand,
  storeLogo,
  UNNAMED_OPERATORS,
} from "./logos.ts";
export { MAX_BYTES, MAX_PIXELS, type Picture, PictureRefused, redraw } from "./picture.ts";
