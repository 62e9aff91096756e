"""The main job of the helpline on synthetic reports, from the public's words to an agency's acknowledgement."""
